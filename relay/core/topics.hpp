#pragma once

#include "relay/core/observer.hpp"
#include "relay/core/topic_query.hpp"
#include "relay/domain/fault.hpp"
#include "relay/kafka/producer.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::core {

/// The topics that messages go to, each with a number for tickets, and what is known of them. The loop's thread only.
class Topics {
 public:
  using Number = std::uint32_t;

  [[nodiscard]] Number number_of(std::string_view name);
  [[nodiscard]] const std::string& name(Number topic) const { return topics_[topic].name; }
  /// What to say where nothing arrives.
  [[nodiscard]] std::string unheard(Number topic) const;

  /// Produce to a topic only after its metadata is known: librdkafka would take its messages and fail them later, out of order.
  /// @return nothing: it is known. Blame::topic: nothing can be sent there; Blame::nobody: no broker says
  [[nodiscard]] std::optional<Fault> fault(kafka::Producer& producer, Number topic);
  [[nodiscard]] bool ready(Number topic) const { return topics_[topic].ready; }                    ///< `fault` said nothing
  [[nodiscard]] std::int32_t partitions(Number topic) const { return topics_[topic].partitions; }  ///< then

  /// See TopicQuery; an acknowledgement is an answer, too.
  [[nodiscard]] std::optional<std::string> silence() const { return query_.silence(); }
  /// Nobody waits for an answer any more.
  void forget_silence() noexcept { query_.heard(); }

  /// Whether a broker answers, whatever it says of the topic. A producer learns that the outage it noticed is over from an
  /// acknowledgement or an answer only, so one is asked; the answer ends `producer.outage()`.
  [[nodiscard]] bool outage_is_over(kafka::Producer& producer, Number topic);

  /// It may have changed: the cluster is asked again.
  void doubt(Number topic) { topics_[topic].ready = false; }
  void doubt_all();

  void acknowledged(Number topic) {
    ++topics_[topic].acknowledged;
    query_.heard();
  }
  void tell_acknowledged(Observer& observer);

 private:
  struct Topic {
    std::string name;
    std::size_t acknowledged = 0;  // since last told
    bool ready = false;
    std::int32_t partitions = 0;
  };

  std::vector<Topic> topics_;
  std::map<std::string, Number, std::less<>> numbers_;
  TopicQuery query_;
};

}  // namespace relay::core
