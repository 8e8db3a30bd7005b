#include "relay/core/dispatch.hpp"

#include <chrono>
#include <string>
#include <utility>

namespace relay::core {
namespace {

/// Kafka acknowledges something within it, or is silent.
constexpr std::chrono::milliseconds queue_patience{100};

}  // namespace

Dispatch::Dispatch(encode::MessageShape shape, encode::ColumnRoles roles, Observer& observer)
    : shape_(std::move(shape)), roles_(std::move(roles)), observer_(observer) {}

bool Dispatch::use_layout(const std::shared_ptr<const OutboxTable>& table) {
  if (table_ == table) return false;
  encoder_ = encode::make_encoder(shape_, roles_, table->layout);
  left_out_.tell(shape_, roles_, table->layout, table->shape.table, observer_);
  table_ = table;
  return true;
}

std::optional<Fault> Dispatch::fault(const kafka::Producer& producer, const Message& message, Topics::Number topic) const {
  if (auto fault = producer.check(message)) return fault;
  const auto partitions = topics_.partitions(topic);
  if (!message.partition || *message.partition < partitions) return std::nullopt;
  return Fault{Blame::row, "topic \"" + topics_.name(topic) + "\" has no partition " + std::to_string(*message.partition) +
                               ": it has 0 to " + std::to_string(partitions - 1) +
                               "; correct the row (outbox.extra-columns), or add partitions to the topic"};
}

std::optional<Ticket> Dispatch::hand_over(kafka::Producer& producer, const Row& row, const Message& message, Topics::Number topic,
                                          Lane lane) {
  Cargo cargo{.bytes = 0, .created_at = created_at(row), .topic = topic, .lane = lane};
  for (const auto& cell : row.cells) cargo.bytes += cell.bytes().size();
  const auto ticket = in_flight_.admit(row.position, fingerprint(row.cells), cargo).value();
  if (send_patiently(producer, message, ticket, queue_patience, outcomes_)) return ticket;
  in_flight_.release(ticket);
  return std::nullopt;
}

std::optional<Micros> Dispatch::created_at(const Row& row) const {
  if (!table_->created_at_index) return std::nullopt;
  const auto& cell = row.cells[*table_->created_at_index];
  return cell.is_null() ? std::nullopt : parse_timestamp(cell.bytes());
}

}  // namespace relay::core
