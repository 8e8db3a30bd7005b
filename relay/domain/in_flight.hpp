#pragma once

#include "relay/domain/row.hpp"
#include "relay/domain/timestamp.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace relay {

/// Names one row in flight; never used twice, also where an id is.
using Ticket = std::uint64_t;

/// A row that Kafka has and the database may forget, if it is still the one that was read.
struct Acknowledged {
  Ticket ticket = 0;
  Position position = 0;
  Fingerprint fingerprint = 0;
  bool doubtful = false;  ///< read on a connection that is gone: look whether it is still that row before it is settled
};

/// Which producer carries a row.
enum class Lane : std::uint8_t {
  together,  ///< in batches, with all others
  alone,     ///< one by one, in order: a batch was refused (suspicion.hpp)
  probe,     ///< by itself, ahead of others that wait behind it
};

/// What is remembered of a row in flight besides which it is.
struct Cargo {
  std::size_t bytes = 0;
  std::optional<Micros> created_at;
  std::uint32_t topic = 0;  ///< a number that the publisher gave its topic
  Lane lane = Lane::together;
};

/// The rows that were claimed and not settled, so that a row that is seen again is not sent again.
///
/// A row that was settled is remembered until every claim that may have begun before its settlement has been taken in:
/// such a claim still shows it.
class InFlight {
 public:
  /// Whether this very row is in flight, or was until a moment ago.
  [[nodiscard]] bool knows(Position position, Fingerprint fingerprint) const noexcept;

  /// @return the row's ticket; none when this very row is in flight already.
  /// A row with the same position and another fingerprint is a new one: the former is never settled.
  std::optional<Ticket> admit(Position position, Fingerprint fingerprint, const Cargo& cargo);

  /// Kafka has the row. @return what it was admitted with; none: it is not in flight any more
  std::optional<Cargo> acknowledge(Ticket ticket);

  /// It was not sent after all, or failed: it may be claimed again.
  void release(Ticket ticket);

  /// Everything of that lane that is not acknowledged may be claimed again: its producer is gone. @return how many rows
  std::size_t release_unacknowledged(Lane lane);

  /// The database's connection is a new one. After a restart or a fail-over an id may name another row than the one that was
  /// read: all that is in flight is doubtful from now on.
  void doubt() noexcept;

  /// Takes what was acknowledged since the last call, ascending by position.
  [[nodiscard]] std::vector<Acknowledged> take_acknowledged();

  /// Deleted or marked (or gone, or replaced by another row: nothing is left to do for it).
  /// @param claim_under_way  a claim may have begun before and show it again: remember it until `claims_taken_in`
  void settled(const std::vector<Acknowledged>& rows, bool claim_under_way);
  void claims_taken_in();

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }    ///< claimed and not settled
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }  ///< of these
  [[nodiscard]] std::size_t unacknowledged() const noexcept { return sent_; }
  [[nodiscard]] std::size_t acknowledged() const noexcept { return fresh_.size(); }  ///< waiting for `take_acknowledged`
  [[nodiscard]] std::optional<Position> lowest_unacknowledged(Lane lane) const;
  /// Of all that may still be in the table.
  [[nodiscard]] std::optional<Position> lowest() const;
  /// Of those that are not acknowledged, in one topic or in all, probes left out: what a probe must not overtake.
  [[nodiscard]] std::optional<Position> lowest_on_its_way(std::optional<std::uint32_t> topic) const;
  /// Of those of that lane that are not acknowledged.
  [[nodiscard]] std::set<std::uint32_t> topics(Lane lane) const;

  /// A row that was admitted and not forgotten.
  struct Admitted {
    Position position = 0;
    Fingerprint fingerprint = 0;
    std::uint32_t topic = 0;
    Lane lane = Lane::together;
  };
  [[nodiscard]] std::optional<Admitted> admitted(Ticket ticket) const noexcept;
  /// The lowest row that is not acknowledged, in whatever lane.
  [[nodiscard]] std::optional<Admitted> lowest_unacknowledged() const;

 private:
  enum class State : std::uint8_t { free, sent, acknowledged, settled };
  struct Flight {
    Position position = 0;
    Fingerprint fingerprint = 0;
    Cargo cargo;
    std::uint32_t life = 1;  // upper half of the ticket: the slot's former rows had lower ones
    State state = State::free;
    bool doubtful = false;
  };

  [[nodiscard]] Ticket ticket_of(std::uint32_t slot) const noexcept;
  [[nodiscard]] const Flight* find(Ticket ticket) const noexcept;
  [[nodiscard]] Flight* find(Ticket ticket) noexcept;
  void forget(Ticket ticket);

  std::vector<Flight> slots_;  // lower half of a ticket is its place here: no more of them than rows were ever in flight at once
  std::vector<std::uint32_t> free_;
  std::unordered_map<Position, Ticket> by_position_;
  std::vector<Ticket> fresh_;              // acknowledged, not taken yet
  std::vector<Ticket> settled_meanwhile_;  // settled while a claim was under way
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::size_t sent_ = 0;
};

}  // namespace relay
