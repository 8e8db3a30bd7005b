#pragma once

#include "relay/core/bad_rows.hpp"
#include "relay/core/claim.hpp"
#include "relay/core/columns_left_out.hpp"
#include "relay/core/events.hpp"
#include "relay/core/mailbox.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/topic_query.hpp"
#include "relay/domain/blocks.hpp"
#include "relay/domain/in_flight.hpp"
#include "relay/domain/suspicion.hpp"
#include "relay/encode/dead_letter.hpp"
#include "relay/encode/encoder.hpp"
#include "relay/kafka/producer.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace relay::core {

/// Makes a producer; `probing`: one that sends every message by itself, so that a rejection accuses only that one.
using MakeProducer = std::function<std::unique_ptr<kafka::Producer>(bool probing)>;

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

/// Turns claimed rows into messages in flight, and outcomes into acknowledgements or blocks. The loop's thread only.
///
/// A row that fails stops its key, a topic that fails stops itself (P5). A rejection by the broker accuses a whole batch, so the
/// batch's rows go one by one, in order, through a producer of their own (suspicion.hpp); only what fails alone is at fault, and
/// the others go on behind it. What fails alone by its own fault meets the policy: its key stays blocked, or waits until the row
/// has moved to the dead-letter table or is acknowledged by the dead-letter topic.
///
/// The lowest row of whoever is blocked is probed: sent by itself, through a third producer, because it may well fail again.
class Publisher {
 public:
  Publisher(encode::MessageShape shape, encode::ColumnRoles roles, Order order, BadRowRule rule, MakeProducer make_producer,
            Bell& bell, Observer& observer);

  /// Sends what is new and does not have to wait.
  /// @param table  that the rows were read from   @param rows  ascending   @return rows sent
  std::size_t publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows, Instant now);

  /// The rows to be probed now. A probe goes through another producer: none may overtake a predecessor of its topic that is on
  /// its way to Kafka, or that has to be read again first.
  [[nodiscard]] std::vector<Position> due_probes(Instant now, std::size_t most,
                                                 const std::function<bool(Position)>& has_read_below);

  /// Sends the lowest rows of blocked keys and topics alone; lifts the block of a row that is gone.
  /// @param asked  the positions that the claim was asked for
  void probe(const Claim& claim, const std::vector<Position>& asked, Instant now);

  /// The database's connection is a new one, and all rows will be read again: ids may name other rows now.
  void read_anew();

  /// What became of rows that were to be parked.
  void take(const DeadDone& done, Instant now);
  /// What is to be written among the dead letters. @return nothing: all is written
  [[nodiscard]] std::optional<DeadWork> take_dead_work() { return bad_rows_.take_work(); }
  /// Whether it is still open what becomes of a row: it is probed alone, or being parked.
  [[nodiscard]] bool undecided() const { return bad_rows_.parking() || blocks_.undecided(); }

  /// Takes outcomes in. @return the position to rewind to, if rows have to be read again
  [[nodiscard]] std::optional<Position> collect(Instant now);

  /// Gives up what Kafka has not acknowledged: another relay may be sending it. What librdkafka still queues is thrown out, and
  /// everything is as at the start, except for acknowledged rows, which wait for their settlement.
  void abandon(Instant now);

  [[nodiscard]] InFlight& in_flight() noexcept { return in_flight_; }
  [[nodiscard]] const InFlight& in_flight() const noexcept { return in_flight_; }
  [[nodiscard]] Blocks& blocks() noexcept { return blocks_; }
  [[nodiscard]] const Blocks& blocks() const noexcept { return blocks_; }
  [[nodiscard]] double random() { return std::uniform_real_distribution<double>{}(random_); }
  /// Why no broker can be reached, if so.
  [[nodiscard]] std::optional<std::string> outage() const { return producer_->outage(); }
  [[nodiscard]] std::uint64_t duplicates_possible() const noexcept { return duplicates_possible_; }
  /// Rows of the last `publish` that have to wait, ascending.
  [[nodiscard]] const std::vector<Position>& waiting() const noexcept { return waiting_; }

 private:
  struct Topic {
    std::string name;
    std::size_t acknowledged = 0;  // since last told
    bool ready = false;            // its metadata is known
    std::int32_t partitions = 0;   // then
    std::optional<Fault> accused;  // it failed on its way to Kafka; held when its next row is read
    Suspicion suspicion;
  };
  struct Probe {
    std::vector<BlockedName> names;
    Position position = 0;
    Fingerprint fingerprint = 0;
    std::string reason;  // why the row goes to the dead-letter topic; empty: it goes to its own
  };

  void use_layout(const std::shared_ptr<const OutboxTable>& table);
  enum class Fate : std::uint8_t { sent, in_flight, waits };
  Fate publish_row(const Row& row, Instant now);
  void hold(const BlockedName& name, Position position, const Fault& fault, Instant now);
  void accuse(const BlockedName& name, Position position, const Fault& fault, Instant now);
  void hold_bad(const BlockedName& name, Position position, const Fault& fault, Instant now);
  [[nodiscard]] BlockedName name_of(const Message& message, Position position, Blame blame) const;
  [[nodiscard]] std::uint32_t topic_number(std::string_view name);
  [[nodiscard]] std::optional<Fault> topic_fault(kafka::Producer& producer, std::uint32_t topic);
  [[nodiscard]] std::optional<Fault> row_fault(const kafka::Producer& producer, const Message& message, const Topic& topic) const;
  bool was_accused(const Message& message, const Row& row, std::uint32_t topic, Instant now);
  [[nodiscard]] Suspicion& suspicion_of(std::uint32_t topic);
  [[nodiscard]] kafka::Producer& producer_for(Suspicion::Way way);
  [[nodiscard]] bool send(kafka::Producer& producer, const Message& message, Ticket ticket);
  std::optional<Ticket> admit(const Row& row, std::uint32_t topic, Lane lane);
  void probe_row(const Row& row, Instant now);
  std::optional<Fault> send_alone(const Row& row, const Message& message, Probe probe);
  bool lift_topics(std::vector<BlockedName>& names, Position position);
  std::optional<Fault> condemn(const Row& row, const Message* message, std::vector<BlockedName> names, const Fault& fault);
  void lift(const std::vector<BlockedName>& names, Position position, const std::string& why);
  void take_probe(const Probe& probe);
  void take_probe_fault(const Probe& probe, const Fault& fault, Instant now);
  void give_back(const Probe& probe, Instant now);
  std::optional<std::string> gather(kafka::Producer* producer);
  void take_outcome(const kafka::Outcome& outcome, Instant now, Micros today);
  void take_fault(const kafka::Outcome& outcome, Instant now);
  void left_alone_lane(Ticket ticket);
  void give_up_probes(Instant now);
  void give_up_alone();
  void replace_producer();
  void release(Lane lane);
  void rewind_to(Position position);
  void tell_acknowledged();
  [[nodiscard]] std::optional<Micros> created_at(const Row& row) const;

  encode::MessageShape shape_;
  BadRowRule rule_;
  encode::ColumnRoles roles_;
  Order order_;
  MakeProducer make_producer_;
  Bell& bell_;
  Observer& observer_;
  std::minstd_rand random_{std::random_device{}()};

  std::shared_ptr<const OutboxTable> table_;
  std::unique_ptr<encode::Encoder> encoder_;
  ColumnsLeftOut left_out_;
  std::optional<encode::DeadLetterMaker> dead_letter_maker_;
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<kafka::Producer> lone_producer_;     // for rows under suspicion
  std::unique_ptr<kafka::Producer> probing_producer_;  // for those that may well fail: others must not fail with them

  InFlight in_flight_;
  Blocks blocks_;
  BadRows bad_rows_;
  std::vector<Topic> topics_;
  TopicQuery topic_query_;
  std::map<std::string, std::uint32_t, std::less<>> topic_numbers_;
  Suspicion strict_suspicion_;                       // of all topics: in strict order none goes on while another waits
  std::unordered_map<Ticket, std::uint32_t> alone_;  // on their way through the lone producer, with their topics
  std::optional<std::string> rejected_;              // a batch was, and its producer has to go
  bool convicted_ = false;                           // a lone row was, and no other of its key may go on without it
  std::unordered_map<Ticket, Probe> probes_;
  std::optional<Position> rewind_;
  std::optional<Position> full_from_;  // librdkafka's queue took no more: rows from here on wait for outcomes
  std::vector<kafka::Outcome> outcomes_;
  std::vector<double> end_to_end_;
  std::uint64_t duplicates_possible_ = 0;
  std::vector<Position> waiting_;
};

}  // namespace relay::core
