#include "relay/domain/settlement_plan.hpp"

namespace relay {

SettlementPlan plan_settlement(std::span<const Position> acknowledged, std::size_t shortest_range) {
  SettlementPlan plan;
  while (!acknowledged.empty()) {
    std::size_t length = 1;
    while (length < acknowledged.size() && acknowledged[length] == acknowledged[length - 1] + 1) ++length;
    const auto run = acknowledged.first(length);
    if (length >= shortest_range) {
      plan.ranges.push_back({run.front(), run.back()});
    } else {
      plan.list.insert(plan.list.end(), run.begin(), run.end());
    }
    acknowledged = acknowledged.subspan(length);
  }
  return plan;
}

}  // namespace relay
