#pragma once

#include "relay/core/producer_slot.hpp"
#include "relay/core/topics.hpp"
#include "relay/domain/in_flight.hpp"
#include "relay/domain/suspicion.hpp"

#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace relay::core {

/// Where the rows of a batch go that the broker refused: one by one, in order, through a producer of their own (suspicion.hpp),
/// which is let go when rows go together again. The loop's thread only.
class LoneLane {
 public:
  /// @param strict  no topic goes on together while another one's rows go alone
  LoneLane(MakeProducer make_producer, Bell& bell, bool strict)
      : producer_(std::move(make_producer), true, bell), strict_(strict) {}

  /// The broker refused the row with its batch.
  void accuse(Topics::Number topic, Position position) { suspicions_[scope(topic)].accuse(position); }
  /// Rows are asked for in order of their positions.
  [[nodiscard]] Suspicion::Way way_of(Topics::Number topic, Position position);
  [[nodiscard]] kafka::Producer& producer() { return producer_.get(); }
  /// It went through that producer.
  void sent(Ticket ticket, Topics::Number topic);

  /// See ProducerSlot.
  std::optional<std::string> collect(std::vector<kafka::Outcome>& outcomes) { return producer_.collect(outcomes); }
  /// A row has its outcome. @return from where to read again, if it went here and was the last one in the way
  [[nodiscard]] std::optional<Position> done(Ticket ticket);
  /// The producer is thrown away; all that was on its way goes alone once more.
  void give_up();
  /// The same, and nobody is suspected any more.
  void forget();

 private:
  [[nodiscard]] Topics::Number scope(Topics::Number topic) const noexcept { return strict_ ? 0 : topic; }

  ProducerSlot producer_;
  bool strict_;
  std::unordered_map<Topics::Number, Suspicion> suspicions_;
  std::unordered_map<Ticket, Topics::Number> on_their_way_;
};

}  // namespace relay::core
