#pragma once

#include "relay/domain/interval.hpp"

#include <span>
#include <vector>

namespace relay {

/// Which rows a settlement names one by one, and which by their range.
///
/// A range only where EVERY position from low to high was read and acknowledged: what is believed about gaps never widens a
/// statement that deletes or marks (an id drawn ahead of its INSERT arrived in a gap that was believed dead, and a range
/// deleted it unpublished; guarantees.md, Settling).
struct SettlementPlan {
  std::vector<Interval> ranges;
  std::vector<Position> list;

  friend bool operator==(const SettlementPlan&, const SettlementPlan&) = default;
};

/// @param acknowledged  ascending, each once   @param shortest_range  shorter runs go into the list
[[nodiscard]] SettlementPlan plan_settlement(std::span<const Position> acknowledged, std::size_t shortest_range);

}  // namespace relay
