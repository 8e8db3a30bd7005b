#pragma once

#include "relay/core/bell.hpp"
#include "relay/core/observer.hpp"
#include "relay/kafka/producer.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace relay::core {

/// Makes a producer; `probing`: one that sends every message by itself, so that a rejection accuses only that one.
using MakeProducer = std::function<std::unique_ptr<kafka::Producer>(bool probing)>;

/// A producer that is made when it is needed, and thrown away with all that is inside when it can send no more. One thread.
class ProducerSlot {
 public:
  /// @param bell  rung when outcomes wait; outlives the slot
  ProducerSlot(MakeProducer make, bool probing, Bell& bell) : make_(std::move(make)), probing_(probing), bell_(bell) {}

  [[nodiscard]] bool made() const noexcept { return producer_ != nullptr; }
  [[nodiscard]] kafka::Producer& get();

  /// What became known up to the moment at which the producer gave up. @return why it did, if so
  std::optional<std::string> collect(std::vector<kafka::Outcome>& outcomes);

  /// Puts a new producer in the place of the one that is there; what is inside goes with it.
  /// @throws as the maker does; then the former one stays
  void renew();

  void drop() noexcept { producer_.reset(); }

 private:
  MakeProducer make_;
  bool probing_;
  Bell& bell_;
  std::unique_ptr<kafka::Producer> producer_;
};

/// Has clients made anew because somebody asked for it, and tells.
/// @param make_anew  throws where a file with a secret cannot be read   @return false: it did, and nothing has changed
[[nodiscard]] bool renewed(Observer& observer, const std::function<void()>& make_anew);

/// Sends where the queue may be full. It holds more than the pipeline lets in flight; where a user made it smaller, this is where
/// it holds the loop up, but not for as long as Kafka may be silent.
/// @param outcomes  what has come meanwhile is appended   @return false: it is still full
[[nodiscard]] bool send_patiently(kafka::Producer& producer, const Message& message, kafka::Ticket ticket,
                                  std::chrono::milliseconds patience, std::vector<kafka::Outcome>& outcomes);

}  // namespace relay::core
