#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::kafka {

/// Names one message that was handed over; chosen by the caller, given back with its outcome.
using Ticket = std::uint64_t;

/// How one message ended. Every ticket that `send` accepted comes back exactly once, unless the producer is destroyed before.
struct Outcome {
  Ticket ticket = 0;
  std::optional<Fault> fault;  ///< none: acknowledged by all in-sync replicas (acks=all)
};

/// What `send` did with a message.
enum class Sent : std::uint8_t {
  accepted,    ///< its outcome will come
  queue_full,  ///< librdkafka's queue is full: collect outcomes, then send again
};

/// What the cluster says of a topic.
struct TopicState {
  enum class Is : std::uint8_t {
    ready,
    faulty,       ///< missing, not authorised
    unknown_yet,  ///< there is no leader, or no broker knows it, now
    unanswered,   ///< no broker answered in time
  } is = Is::unknown_yet;
  std::string reason;           ///< of all but `ready`: one line
  std::int32_t partitions = 0;  ///< of `ready`
};

/// librdkafka's own figures.
struct Traffic {
  std::size_t queued = 0;                       ///< messages that wait inside, and some events beside them
  std::map<std::string, double> rtt_seconds{};  ///< the mean way to each broker and back, some seconds old
};

/// Hands messages to Kafka and tells of each what became of it. Keeps the order of `send` per partition (P3).
///
/// A producer whose `fatal()` says something is finished: destroy it, make a new one, send what was not acknowledged again
/// in id order (guarantees.md, librdkafka). One thread calls; librdkafka's own threads stay inside.
class Producer {
 public:
  virtual ~Producer() = default;

  /// Copies the message into the queue and returns at once.
  /// A fault that is known before sending (larger than message.max.bytes, an invalid topic name) is returned, not queued.
  [[nodiscard]] virtual std::optional<Fault> check(const Message& message) const = 0;
  [[nodiscard]] virtual Sent send(const Message& message, Ticket ticket) = 0;

  /// Appends the outcomes that have come since the last call. Does not wait.
  virtual void collect(std::vector<Outcome>& outcomes) = 0;

  /// Writes to this eventfd whenever outcomes are waiting to be collected.
  virtual void notify(int eventfd) = 0;

  /// Asks the cluster for the topic's metadata, at most this long. Never creates a topic.
  [[nodiscard]] virtual TopicState topic_state(std::string_view topic, std::chrono::milliseconds limit) = 0;

  /// Waits until every accepted message has its outcome. False: time is up, and what is left is unknown, not failed.
  [[nodiscard]] virtual bool flush(std::chrono::milliseconds limit) = 0;

  /// Why this producer can send no more, if so.
  [[nodiscard]] virtual std::optional<std::string> fatal() const = 0;

  /// Why no broker can be reached at the moment, if so: for logs and /status; the messages wait inside.
  [[nodiscard]] virtual std::optional<std::string> outage() const = 0;

  [[nodiscard]] virtual Traffic traffic() const = 0;
};

}  // namespace relay::kafka
