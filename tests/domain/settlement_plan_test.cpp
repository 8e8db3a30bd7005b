#include "relay/domain/settlement_plan.hpp"

#include "tests/support/catch.hpp"

#include <random>
#include <set>

using namespace relay;

TEST_CASE("a range is used only where every id was acknowledged") {
  const std::vector<Position> acknowledged{1, 2, 3, 5, 6, 9};
  const auto plan = plan_settlement(acknowledged, 3);
  CHECK(plan.ranges == std::vector<Interval>{{1, 3}});
  CHECK(plan.list == std::vector<Position>{5, 6, 9});
}

TEST_CASE("a plan names exactly the acknowledged rows, each once") {
  std::mt19937 random(42);
  for (int round = 0; round < 500; ++round) {
    std::set<Position> acknowledged;
    for (Position position = -20; position < 40; ++position) {
      if (random() % 3 != 0) acknowledged.insert(position);
    }
    const std::vector<Position> sorted(acknowledged.begin(), acknowledged.end());
    const auto plan = plan_settlement(sorted, 1 + random() % 6);
    std::multiset<Position> named(plan.list.begin(), plan.list.end());
    for (const auto& range : plan.ranges) {
      for (auto position = range.low; position <= range.high; ++position) named.insert(position);
    }
    CHECK(named == std::multiset<Position>(sorted.begin(), sorted.end()));
  }
}
