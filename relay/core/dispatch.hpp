#pragma once

#include "relay/core/columns_left_out.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/outbox_table.hpp"
#include "relay/core/producer_slot.hpp"
#include "relay/core/topics.hpp"
#include "relay/domain/in_flight.hpp"
#include "relay/encode/encoder.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace relay::core {

/// The last steps of a row on its way to a producer, whichever that is: encoded, looked at, admitted in flight, handed over.
/// The loop's thread only.
class Dispatch {
 public:
  Dispatch(encode::MessageShape shape, encode::ColumnRoles roles, Observer& observer);

  /// Rows of this table follow. @return false: they are as those before
  bool use_layout(const std::shared_ptr<const OutboxTable>& table);

  [[nodiscard]] const encode::MessageShape& shape() const noexcept { return shape_; }
  [[nodiscard]] const encode::ColumnRoles& roles() const noexcept { return roles_; }

  /// Valid until the next call.
  [[nodiscard]] std::variant<Message, Fault> encode(const Row& row) { return encoder_->encode(row); }
  /// Topic and key of a row that could not be encoded.
  [[nodiscard]] Message address_of(const Row& row) { return encoder_->address_of(row); }

  /// What is known before sending of a message to a topic that is ready. A partition that the row names, and the topic does not
  /// have, is no fault of the topic's.
  [[nodiscard]] std::optional<Fault> fault(const kafka::Producer& producer, const Message& message, Topics::Number topic) const;

  /// @return nothing: librdkafka's queue is full, and Kafka is silent. The row must not be in flight yet.
  [[nodiscard]] std::optional<Ticket> hand_over(kafka::Producer& producer, const Row& row, const Message& message,
                                                Topics::Number topic, Lane lane);

  /// To collect into; some are here already, of the time in which a queue was full.
  [[nodiscard]] std::vector<kafka::Outcome>& outcomes() noexcept { return outcomes_; }

  [[nodiscard]] Topics& topics() noexcept { return topics_; }
  [[nodiscard]] const Topics& topics() const noexcept { return topics_; }
  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }
  [[nodiscard]] const InFlight& in_flight() const noexcept { return in_flight_; }

 private:
  [[nodiscard]] std::optional<Micros> created_at(const Row& row) const;

  encode::MessageShape shape_;
  encode::ColumnRoles roles_;
  Observer& observer_;
  std::shared_ptr<const OutboxTable> table_;
  std::unique_ptr<encode::Encoder> encoder_;
  ColumnsLeftOut left_out_;
  Topics topics_;
  InFlight in_flight_;
  std::vector<kafka::Outcome> outcomes_;
};

}  // namespace relay::core
