#pragma once

#include "relay/domain/interval.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace relay {

/// Rows that a head scan has read and does not read again: they wait, are in flight, or were settled a moment ago.
///
/// A run holds only ids that were really read: between two of them no other row can appear, so what a run leaves out of a claim
/// is never a row that commits late. Ids that are not dense make runs of one row each. A million rows that wait under dense ids
/// are one run.
class KnownRows {
 public:
  /// They were read. @param positions  ascending
  void add(std::span<const Position> positions);

  /// Of these, some have to wait: they stay in the table until their block is lifted, and that rewinds. @param positions  ascending
  void wait(std::span<const Position> positions);

  /// They are read again: a rewind.
  void forget_from(Position position);

  /// Below the lowest row in flight only runs with rows that wait are worth knowing: all else is gone from the table.
  void forget_settled(Position lowest_in_flight);

  /// What has to be read again, ascending: everything up to `last` that is not known.
  [[nodiscard]] std::vector<Interval> unknown_through(Position last) const;

  [[nodiscard]] std::size_t runs() const noexcept { return runs_.size(); }

 private:
  struct Run {
    Interval interval;
    bool waits = false;  ///< one of its rows does
  };

  void add(Position position);
  [[nodiscard]] std::vector<Run>::iterator first_reaching(Position position);

  std::vector<Run> runs_;  // ascending, apart from each other
};

}  // namespace relay
