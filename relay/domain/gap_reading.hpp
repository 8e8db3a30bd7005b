#pragma once

#include "relay/domain/interval.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace relay {

/// One claim's reading of the open gaps: statement after statement, until a whole round brings nothing new.
///
/// A row that a statement showed may have a committed predecessor that the same statement did not show (MariaDB was seen to do
/// so), but no statement that starts afterwards misses it: so whatever a round brought, another round follows. That holds below
/// a cut, too: where the claim has enough rows, what lies above is left to the next claim, and what lies below is read again.
class GapReading {
 public:
  /// @param gaps            ascending, apart from each other
  /// @param enough          rows that a round may bring; then it is cut
  /// @param most_intervals  that one statement may carry: neighbours are merged
  GapReading(std::vector<Interval> gaps, std::size_t enough, std::size_t most_intervals);

  /// What the next statement asks for; empty: the reading is over. Merged intervals also cover rows between the gaps.
  [[nodiscard]] const std::vector<Interval>& asked() const noexcept { return asked_; }

  /// Whether the claim wants this row: it lies in a gap, and no earlier round brought it.
  [[nodiscard]] bool wants(Position position) const noexcept;

  /// What the statement brought.
  /// @param positions  ascending; also those that are not wanted
  /// @param full       a limit cut the statement: above its last row it says nothing
  /// @param stop       the claim has enough whatever was found (its bytes)
  void take(std::span<const Position> positions, bool full, bool stop = false);

  /// Everything up to here was read: `highest_position` unless the claim was cut.
  [[nodiscard]] Position read_through() const noexcept { return read_through_; }

 private:
  void ask();
  void next_round();

  std::vector<Interval> gaps_;       // still without a row
  std::vector<Interval> rest_;       // of them, not asked in this round
  std::vector<Interval> asked_;      // in the statement under way
  std::size_t taken_from_rest_ = 0;  // how many of `rest_` it covers
  std::vector<Position> found_;      // in this round
  std::size_t enough_;
  std::size_t most_intervals_;
  bool merge_ = true;
  Position read_through_ = highest_position;
};

}  // namespace relay
