#pragma once

#include "relay/core/dispatch.hpp"
#include "relay/core/holds.hpp"
#include "relay/core/lost_producers.hpp"
#include "relay/core/producer_slot.hpp"
#include "relay/encode/dead_letter.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace relay::core {

/// Sends the lowest row of whoever waits by itself, through a producer of its own, because it may well fail again and others must
/// not fail with it. What was sent lifts the hold; what fails by its own fault meets the policy: its key stays blocked, or waits
/// until the row has moved to the dead-letter table or is acknowledged by the dead-letter topic. The loop's thread only.
class Prober {
 public:
  /// What it refers to outlives it.
  /// @param dead_topic  for OnBadRow::topic: see encode/dead_letter.hpp
  /// @param strict      rows of other topics may not be overtaken either
  Prober(std::string dead_topic, bool strict, const MakeProducer& make_producer, Bell& bell, Dispatch& dispatch, Holds& holds,
         Observer& observer);

  /// Rows of this layout follow.
  void use_layout(const Layout& layout);

  /// The rows to be probed now, at most so many. None may overtake a predecessor that is on its way to Kafka, or that has to be
  /// read again first; and none is probed for a name while another row of that name is on its way: let go, its successors would
  /// overtake that one.
  [[nodiscard]] std::vector<Position> due(Instant now, std::size_t most, const std::function<bool(Position)>& has_read_below);
  void probe(const Row& row, Instant now);

  /// See ProducerSlot.
  std::optional<std::string> collect(std::vector<kafka::Outcome>& outcomes) { return producer_.collect(outcomes); }
  /// @return whether it was a probe's
  bool acknowledged(Ticket ticket);
  bool failed(Ticket ticket, const Fault& fault, Instant now);
  /// The producer is thrown away. Nothing is known of what it carried: that is probed again, at once unless one producer after the
  /// other is lost. @param why  it was lost; none: it was not
  void give_up(Instant now, const std::optional<std::string>& why);
  /// Why no probe gets anywhere, where more than one producer was lost over it.
  [[nodiscard]] std::optional<std::string> outage() const { return lost_.outage(); }
  /// Lets the producer go when nobody waits any more.
  void rest();

  /// Who waits for a probe's outcome.
  [[nodiscard]] std::set<BlockedName> names() const;

 private:
  struct Probe {
    std::vector<BlockedName> names;
    Position position = 0;
    Fingerprint fingerprint = 0;
    std::string reason;  // why the row goes to the dead-letter topic; empty: it goes to its own
  };

  [[nodiscard]] bool another_is_on_its_way(Position position) const;
  [[nodiscard]] std::optional<Position> lowest_ahead(std::string_view topic);
  [[nodiscard]] bool overtakes(Position position, std::optional<Position> lowest) const;
  std::optional<Fault> send(const Row& row, const Message& message, Probe probe);
  std::optional<Fault> condemn(const Row& row, const Message* message, std::vector<BlockedName> names, const Fault& fault);
  void arrived(const Probe& probe);
  void failed(const Probe& probe, const Fault& fault, Instant now);
  void give_back(const Probe& probe, Instant when);

  std::string dead_topic_;
  bool strict_;
  ProducerSlot producer_;
  LostProducers lost_;
  Dispatch& dispatch_;
  Holds& holds_;
  Observer& observer_;
  std::optional<encode::DeadLetterMaker> dead_letter_maker_;
  std::unordered_map<Ticket, Probe> probes_;
};

}  // namespace relay::core
