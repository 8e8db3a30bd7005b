#pragma once

#include "relay/core/claim.hpp"
#include "relay/core/dispatch.hpp"
#include "relay/core/events.hpp"
#include "relay/core/holds.hpp"
#include "relay/core/lone_lane.hpp"
#include "relay/core/lost_producers.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/prober.hpp"
#include "relay/core/producer_slot.hpp"
#include "relay/core/silence.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace relay::core {

/// Which rows a row may overtake (guarantees.md, P3).
enum class Order : std::uint8_t {
  relaxed,  ///< those of other keys
  strict,   ///< none: while anybody waits, all rows above wait too
};

/// What to do with a row that cannot be sent.
struct BadRowRule {
  OnBadRow policy = OnBadRow::block;
  std::string dead_topic;  ///< for OnBadRow::topic: see encode/dead_letter.hpp
};

/// Turns claimed rows into messages in flight, and outcomes into acknowledgements or holds. The loop's thread only.
///
/// A row that fails stops its key, a topic that fails stops itself (P5). A rejection by the broker accuses a whole batch, so the
/// batch's rows go one by one (lone_lane.hpp); only what fails alone is at fault, and the others go on behind it. The lowest row
/// of whoever waits is probed (prober.hpp).
class Publisher {
 public:
  Publisher(encode::MessageShape shape, encode::ColumnRoles roles, Order order, BadRowRule rule, const MakeProducer& make_producer,
            Bell& bell, Observer& observer);

  /// Looks at the columns that messages are made of, as `publish` and `probe` do first.
  /// @throws std::invalid_argument  see encode::make_encoder
  void use_layout(const std::shared_ptr<const OutboxTable>& table);

  /// Sends what is new and does not have to wait.
  /// @param table  that the rows were read from   @param rows  ascending   @return rows sent
  std::size_t publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows, Instant now);
  /// Rows of the last `publish` that have to wait, ascending.
  [[nodiscard]] const std::vector<Position>& waiting() const noexcept { return waiting_; }

  /// See Prober.
  [[nodiscard]] std::vector<Position> due_probes(Instant now, std::size_t most,
                                                 const std::function<bool(Position)>& has_read_below) {
    return prober_.due(now, most, has_read_below);
  }
  /// Sends the lowest rows of blocked keys and topics alone; lifts the block of a row that is gone.
  /// @param asked  the positions that the claim was asked for
  /// @return the position to rewind to before any other row is published: somebody goes on there
  [[nodiscard]] std::optional<Position> probe(const Claim& claim, const std::vector<Position>& asked, Instant now);

  /// The database's connection is a new one, and all rows will be read again: ids may name other rows now.
  void read_anew();

  /// What became of rows that were to be parked. @return as of `probe`
  [[nodiscard]] std::optional<Position> take(const DeadDone& done, Instant now);
  /// What is to be written among the dead letters. @return nothing: all is written
  [[nodiscard]] std::optional<DeadWork> take_dead_work() { return holds_.bad_rows().take_work(); }
  /// Whether it is still open what becomes of a row: it is probed alone, or being parked.
  [[nodiscard]] bool undecided() const { return holds_.bad_rows().parking() || holds_.blocks().undecided(); }

  /// Takes outcomes in. @return as of `probe`: rows have to be read again
  [[nodiscard]] std::optional<Position> collect(Instant now);

  /// Nothing more can be sent before something is acknowledged. Where that does not come although brokers answer (a partition has
  /// no leader, or too few replicas in sync), the topics that take all the room wait from now on, and the others go on.
  /// @return as of `probe`
  [[nodiscard]] std::optional<Position> make_room(Instant now);

  /// Makes Kafka's clients anew, with secrets as their files have them now; what Kafka has not acknowledged is sent again.
  /// @return as of `probe`
  [[nodiscard]] std::optional<Position> renew(Instant now);

  /// Gives up what Kafka has not acknowledged: another relay may be sending it. What librdkafka still queues is thrown out, and
  /// everything is as at the start, except for acknowledged rows, which wait for their settlement.
  void abandon(Instant now);

  [[nodiscard]] InFlight& in_flight() noexcept { return dispatch_.in_flight(); }
  [[nodiscard]] const InFlight& in_flight() const noexcept { return dispatch_.in_flight(); }
  [[nodiscard]] Blocks& blocks() noexcept { return holds_.blocks(); }
  [[nodiscard]] const Blocks& blocks() const noexcept { return holds_.blocks(); }
  /// Holds::example; empty, too, where anybody waits for the end of an outage.
  [[nodiscard]] std::string who_waits();
  /// Why no broker can be reached, or lets the relay in, if so.
  [[nodiscard]] std::optional<std::string> outage();
  [[nodiscard]] kafka::Traffic traffic() { return producer_.get().traffic(); }
  /// Why nothing arrives of what is on its way, or its lowest row does not, if so. Asked again and again.
  [[nodiscard]] std::optional<std::string> silence(Instant now);
  /// Nothing can be sent until a producer that was lost is replaced (lost_producers.hpp): rows need not be read.
  [[nodiscard]] bool waits_for_producer() const noexcept { return lost_.waits(); }
  [[nodiscard]] std::uint64_t duplicates_possible() const noexcept { return duplicates_possible_; }

 private:
  enum class Fate : std::uint8_t { sent, in_flight, waits };
  Fate publish_row(const Row& row, Instant now);
  Fate send(const Row& row, const Message& message, Topics::Number topic, Instant now);
  [[nodiscard]] bool waits(const Row& row);
  bool was_accused(const Message& message, const Row& row, Topics::Number topic, Instant now);
  void take_outcome(const kafka::Outcome& outcome, Instant now, Micros today);
  void take_fault(const kafka::Outcome& outcome, Instant now);
  void give_up_probes(Instant now, const std::optional<std::string>& why = {});
  void give_up_alone();
  void replace_producer();
  void release(Lane lane);
  void rewind_to(std::optional<Position> position);
  void tell_acknowledged();

  Order order_;
  Observer& observer_;

  Dispatch dispatch_;
  Holds holds_;
  ProducerSlot producer_;
  LostProducers lost_;
  Silence silence_;
  LoneLane lone_lane_;
  Prober prober_;

  std::unordered_map<Topics::Number, Fault> accused_;  // a row failed there or got stuck; held when the topic's next one is read
  std::optional<std::string> rejected_;                // a batch was, and its producer has to go
  bool convicted_ = false;                             // a lone row was, and no other of its key may go on without it
  std::optional<Position> rewind_;
  std::optional<Position> full_from_;  // librdkafka's queue took no more: rows from here on wait for outcomes
  std::vector<Position> waiting_;
  std::vector<double> end_to_end_;
  std::uint64_t duplicates_possible_ = 0;
};

}  // namespace relay::core
