#include "relay/domain/density.hpp"

#include "relay/domain/dead_gaps.hpp"
#include "tests/support/catch.hpp"

#include <vector>

using relay::DeadGaps;
using relay::Density;
using relay::Position;

namespace {

std::vector<Position> every(Position step, Position rows, Position from = 0) {
  std::vector<Position> ids;
  for (Position i = 1; i <= rows; ++i) ids.push_back(from + i * step);
  return ids;
}

Density after(const std::vector<Position>& ahead, std::size_t late = 0) {
  Density density;
  density.skip_through(0);
  density.read(late, ahead);
  return density;
}

}  // namespace

TEST_CASE("ids of a clock are not dense, ids of a sequence are, with half of them rolled back too") {
  CHECK(after(every(4'194'304, 300)).sparse());
  CHECK_FALSE(after(every(1, 300)).sparse());
  CHECK_FALSE(after(every(2, 300)).sparse());
}

TEST_CASE("a few rows prove nothing") {
  CHECK_FALSE(after(every(1000, 150)).sparse());
}

TEST_CASE("rows that come late into the gaps count, so that many writers at once do not look like sparse ids") {
  CHECK_FALSE(after(every(20, 50), 950).sparse());
}

TEST_CASE("one leap of a sequence, and rows that are read again, make no sparse ids") {
  auto density = after(every(1, 100));
  density.read(0, every(1, 150, 5'000'000));
  CHECK_FALSE(density.sparse());
  density.read(0, every(1000, 300));
  CHECK_FALSE(density.sparse());
}

TEST_CASE("a row in a dead gap is noticed, whichever of its ids it has") {
  DeadGaps gaps;
  gaps.add({5, 9});
  gaps.add({20, 20});
  const std::vector<Position> rows{4, 5, 9, 10, 20};
  CHECK(gaps.arrived(rows) == 3);
  gaps.clear();
  CHECK(gaps.arrived(rows) == 0);
}

TEST_CASE("of dead gaps a bounded number is remembered, the latest") {
  DeadGaps gaps;
  for (Position i = 1; i <= Position{DeadGaps::most} + 1; ++i) gaps.add({2 * i, 2 * i});
  CHECK(gaps.arrived(std::vector<Position>{2}) == 0);
  CHECK(gaps.arrived(std::vector<Position>{4}) == 1);
}
