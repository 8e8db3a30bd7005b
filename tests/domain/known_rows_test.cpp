#include "relay/domain/known_rows.hpp"

#include "tests/support/catch.hpp"

#include <numeric>
#include <vector>

using relay::Interval;
using relay::KnownRows;
using relay::Position;

namespace {

KnownRows known(const std::vector<Position>& read, const std::vector<Position>& waiting = {}) {
  KnownRows rows;
  rows.add(read);
  rows.wait(waiting);
  return rows;
}

}  // namespace

TEST_CASE("whatever was not read is unknown, below the first row too") {
  CHECK(known({}).unknown_through(9) == std::vector<Interval>{{relay::lowest_position + 1, 9}});
  CHECK(known({3, 4, 7}).unknown_through(9) == std::vector<Interval>{{relay::lowest_position + 1, 2}, {5, 6}, {8, 9}});
}

TEST_CASE("the intervals end at the position asked for") {
  CHECK(known({3, 4, 7}).unknown_through(5) == std::vector<Interval>{{relay::lowest_position + 1, 2}, {5, 5}});
  CHECK(known({3, 4, 7}).unknown_through(4) == std::vector<Interval>{{relay::lowest_position + 1, 2}});
}

TEST_CASE("a row that arrives between two runs joins them") {
  auto rows = known({1, 2, 4, 5}, {1});
  rows.add(std::vector<Position>{3});
  CHECK(rows.runs() == 1);
  rows.forget_settled(relay::highest_position);
  CHECK(rows.unknown_through(5) == std::vector<Interval>{{relay::lowest_position + 1, 0}});
}

TEST_CASE("a million rows that wait under dense ids are one run") {
  std::vector<Position> rows(1'000'000);
  std::iota(rows.begin(), rows.end(), 1);
  CHECK(known(rows, rows).runs() == 1);
}

TEST_CASE("a rewind forgets what is read again, and no more") {
  auto rows = known({1, 2, 3, 7, 8}, {1, 8});
  rows.forget_from(2);
  CHECK(rows.unknown_through(8) == std::vector<Interval>{{relay::lowest_position + 1, 0}, {2, 8}});
}

TEST_CASE("below the lowest row in flight only runs that wait stay known") {
  auto rows = known({1, 2, 4, 5, 7, 8}, {4});
  rows.forget_settled(8);
  CHECK(rows.unknown_through(8) == std::vector<Interval>{{relay::lowest_position + 1, 3}, {6, 7}});
}

TEST_CASE("the highest position of all can be known") {
  auto rows = known({relay::highest_position - 1, relay::highest_position}, {});
  CHECK(rows.runs() == 1);
  CHECK(rows.unknown_through(relay::highest_position) ==
        std::vector<Interval>{{relay::lowest_position + 1, relay::highest_position - 2}});
}
