#include "relay/domain/look_back.hpp"

#include "tests/support/catch.hpp"

using namespace relay;
using namespace std::chrono_literals;

namespace {

constexpr Micros second = 1'000'000;

/// Seconds, as they are easy to read; the margin takes one more.
Micros low_at(LookBack& look_back, Micros now, std::optional<Micros> oldest = std::nullopt) {
  Horizon horizon{.now = now * second};
  if (oldest) horizon.oldest_start = *oldest * second;
  return look_back.take(horizon) / second;
}

LookBack with_newest(Micros newest) {
  LookBack look_back(60s);
  look_back.saw(newest * second);
  return look_back;
}

}  // namespace

TEST_CASE("nothing is final in a table that no row was seen in") {
  LookBack look_back(60s);
  CHECK(look_back.take({.now = 1000 * second}) == earliest_time);
}

TEST_CASE("the window reaches back from the clock by the look-back, and from the oldest writer's start as well") {
  auto look_back = with_newest(1000);
  CHECK(low_at(look_back, 1000) == 939);
  look_back.saw(1100 * second);
  CHECK(low_at(look_back, 1100, 1020) == 959);
  look_back.saw(1200 * second);
  CHECK(low_at(look_back, 1200) == 1139);
}

TEST_CASE("the window never goes back, and stays where a prepared transaction may still write") {
  auto look_back = with_newest(1000);
  CHECK(low_at(look_back, 1000) == 939);
  CHECK(low_at(look_back, 1001, 500) == 939);
  look_back.saw(2000 * second);
  CHECK(look_back.take({.now = 2000 * second, .held = true}) == 939 * second);
}

TEST_CASE("a table whose clock lags behind the database's has a window of its own time, which goes on while nothing comes") {
  auto look_back = with_newest(1000);
  CHECK(low_at(look_back, 5000) == 939);
  CHECK(low_at(look_back, 5030) == 969);
  look_back.saw(1040 * second);
  CHECK(low_at(look_back, 5040) == 979);
  CHECK(low_at(look_back, 20'000) == 15'939);
}

TEST_CASE("times in the future do not move the window ahead of the clock") {
  auto look_back = with_newest(9'000'000);
  CHECK(low_at(look_back, 1000) == 939);
}

TEST_CASE("a window goes on from what was saved") {
  auto before = with_newest(1000);
  CHECK(low_at(before, 1000) == 939);
  LookBack after(60s);
  after.resume(before.low(), before.newest());
  CHECK(low_at(after, 1030) == 969);
}

TEST_CASE("rows at the ends of time say nothing of the table's clock") {
  auto look_back = with_newest(1000);
  look_back.saw(latest_time);
  look_back.saw(earliest_time);
  CHECK(look_back.newest()->time == 1000 * second);
  LookBack none(60s);
  none.saw(earliest_time);
  CHECK(none.take({.now = 1000 * second}) == earliest_time);
}
