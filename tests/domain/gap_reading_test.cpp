#include "relay/domain/gap_reading.hpp"

#include "tests/support/catch.hpp"

#include <vector>

using namespace relay;

namespace {

using Intervals = std::vector<Interval>;

void take(GapReading& reading, const std::vector<Position>& positions, bool full = false) {
  reading.take(positions, full);
}

}  // namespace

TEST_CASE("gaps are read until a whole round brings nothing") {
  GapReading reading({{1, 4}, {7, 9}}, 10, 10);
  CHECK(reading.asked() == Intervals{{1, 4}, {7, 9}});
  take(reading, {2, 7});
  CHECK(reading.asked() == Intervals{{1, 1}, {3, 4}, {8, 9}});
  take(reading, {1});
  CHECK(reading.asked() == Intervals{{3, 4}, {8, 9}});
  take(reading, {});
  CHECK(reading.asked().empty());
  CHECK(reading.read_through() == highest_position);
}

TEST_CASE("without gaps nothing is asked") {
  CHECK(GapReading({}, 10, 10).asked().empty());
}

TEST_CASE("a reading that has enough leaves what lies above, and reads again what lies below") {
  GapReading reading({{1, 4}, {7, 9}}, 2, 10);
  take(reading, {3, 7}, true);
  CHECK(reading.read_through() == 7);
  CHECK(reading.asked() == Intervals{{1, 2}, {4, 4}});
  take(reading, {2});
  CHECK(reading.asked() == Intervals{{1, 1}, {4, 4}});
  take(reading, {});
  CHECK(reading.asked().empty());
  CHECK(reading.read_through() == 7);
}

TEST_CASE("a page that a limit cut is followed by the next one") {
  GapReading reading({{1, 4}, {7, 9}}, 5, 10);
  take(reading, {2, 3}, true);
  CHECK(reading.asked() == Intervals{{4, 4}, {7, 9}});
  take(reading, {8});
  CHECK(reading.asked() == Intervals{{1, 1}, {4, 4}, {7, 7}, {9, 9}});
}

TEST_CASE("rows between merged gaps are not wanted, and however many there are, the reading comes to the end of the gaps") {
  GapReading reading({{1, 1}, {100, 100}, {200, 200}, {300, 300}}, 3, 2);
  CHECK(reading.asked() == Intervals{{1, 100}, {200, 300}});
  CHECK(reading.wants(100));
  CHECK_FALSE(reading.wants(50));
  take(reading, {2, 3, 4}, true);
  CHECK(reading.asked() == Intervals{{100, 100}, {200, 200}});
  take(reading, {});
  CHECK(reading.asked() == Intervals{{300, 300}});
  take(reading, {300});
  CHECK(reading.asked() == Intervals{{1, 100}, {200, 200}});
}
