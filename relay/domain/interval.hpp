#pragma once

#include "relay/domain/row.hpp"

#include <limits>
#include <span>
#include <vector>

namespace relay {

inline constexpr Position lowest_position = std::numeric_limits<Position>::min();
inline constexpr Position highest_position = std::numeric_limits<Position>::max();

/// Positions from `low` to `high`, both included; never empty.
struct Interval {
  Position low = 0;
  Position high = 0;

  [[nodiscard]] constexpr bool contains(Position position) const noexcept { return low <= position && position <= high; }
  friend constexpr bool operator==(const Interval&, const Interval&) noexcept = default;
};

/// What lies between `after` and the last of `positions` and is none of them.
/// @param positions  ascending, all above `after`
[[nodiscard]] std::vector<Interval> holes(Position after, std::span<const Position> positions);

/// The intervals without these positions.
/// @param intervals  ascending, apart from each other   @param positions  ascending
[[nodiscard]] std::vector<Interval> without(std::span<const Interval> intervals, std::span<const Position> positions);

/// At most `most` intervals that cover the same positions and some between: neighbours are merged.
/// @param intervals  ascending, apart from each other   @param most  at least 1
[[nodiscard]] std::vector<Interval> merged(std::span<const Interval> intervals, std::size_t most);

}  // namespace relay
