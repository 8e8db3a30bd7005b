#include "relay/domain/claim_window.hpp"

#include "relay/domain/gap_reading.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>
#include <string>
#include <vector>

using namespace relay;

namespace {

const Instant now{};

ClaimFindings found(const ClaimOrder& order, std::span<const Position> positions,
                    std::optional<std::set<WriterToken>> writers = {}) {
  return {.number = order.number, .kind = order.kind, .positions = positions, .writers = std::move(writers)};
}

std::vector<Interval> open(const ClaimWindow& window) {
  return window.gaps().intervals();
}

}  // namespace

TEST_CASE("ids that were jumped over, and those below the first row, stay open") {
  ClaimWindow window;
  const std::vector<Position> rows{5, 6, 9};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  CHECK(window.last() == 9);
  CHECK(open(window) == std::vector<Interval>{{lowest_position + 1, 4}, {7, 8}});
}

TEST_CASE("a row that arrives splits its gap, and what is left stays open") {
  ClaimWindow window;
  const std::vector<Position> first{1, 9};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), first), now));
  const std::vector<Position> late{4};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), late), now));
  CHECK(window.late_arrivals() == 1);
  CHECK(open(window) == std::vector<Interval>{{lowest_position + 1, 0}, {2, 3}, {5, 8}});
}

TEST_CASE("a gap is dead only when nobody is left who could fill it and a later claim still finds nothing") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), rows, std::set<WriterToken>{}), now));
  REQUIRE(window.gaps().size() == 2);

  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"a"}), now));
  CHECK(window.gaps().size() == 2);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"a", "later"}), now));
  CHECK(window.gaps().size() == 2);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"later"}), now));
  CHECK(window.gaps().empty());
}

TEST_CASE("a gap read that was cut by a limit proves nothing above the cut") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 10, 20};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), rows, std::set<WriterToken>{}), now));
  auto findings = found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{});
  findings.gaps_read_through = 5;
  REQUIRE(window.take(findings, now));
  CHECK(open(window) == std::vector<Interval>{{6, 9}, {11, 19}});
}

TEST_CASE("a claim that began before a rewind is thrown away") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  const auto order = window.order(Scan::gaps, 10, false);
  window.rewind(2);
  const std::vector<Position> more{4};
  CHECK_FALSE(window.take(found(order, more), now));
  CHECK(window.last() == 1);
  CHECK(window.order(Scan::gaps, 10, false).after == 1);
}

TEST_CASE("a sweep does not move the window") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  const std::vector<Position> swept{1, 2, 3, 4};
  REQUIRE(window.take(found(window.order_sweep(10), swept), now));
  CHECK(window.last() == 3);
}

TEST_CASE("a gap expires only after a claim that asked for the writers and was not told") {
  using namespace std::chrono_literals;
  ClaimWindow window;
  const std::vector<Position> rows{1, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), rows, std::set<WriterToken>{}), now));
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"long"}), now));
  CHECK(window.expire_gaps(now + 1h) == 0);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), {}), now));  // not asked
  CHECK(window.expire_gaps(now + 1h) == 0);
  auto cut = found(window.order(Scan::gaps, 10, true), {});
  cut.gaps_read_through = 1;
  REQUIRE(window.take(cut, now));
  CHECK(window.expire_gaps(now + 1h) == 0);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}), now));
  CHECK(window.expire_gaps(now) == 0);
  CHECK(window.expire_gaps(now + 1h) == 2);
}

TEST_CASE("after a rewind nothing is known of lower rows until they were read again") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3, 4};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  CHECK(window.has_read_below(9));
  window.rewind(2);
  CHECK(window.has_read_below(2));
  CHECK_FALSE(window.has_read_below(3));
  REQUIRE(window.take(found(window.order_sweep(10), rows), now));
  CHECK_FALSE(window.has_read_below(3));
  const std::vector<Position> some{2, 3};
  auto cut = found(window.order(Scan::gaps, 2, false), some);
  cut.more = true;
  REQUIRE(window.take(cut, now));
  CHECK(window.has_read_below(4));
  CHECK_FALSE(window.has_read_below(5));
}

namespace {

/// A window that holds this many gaps open, each behind its own row.
ClaimWindow with_gaps(Position count) {
  ClaimWindow window;
  std::vector<Position> rows;
  for (Position i = 0; i < count; ++i) rows.push_back(2 * i + 1);
  REQUIRE(window.take(found(window.order(Scan::gaps, rows.size(), true), rows, std::set<WriterToken>{}), now));
  return window;
}

/// Processor time of claims that find nothing, while a long transaction holds the gaps open and short ones come and go.
double cost_of_claims(ClaimWindow& window, int claims) {
  const auto begin = std::clock();
  for (int i = 0; i < claims; ++i) {
    const auto order = window.order(Scan::gaps, 5000, true);
    REQUIRE(window.take(found(order, {}, std::set<WriterToken>{"long", "short " + std::to_string(i)}), now));
  }
  return static_cast<double>(std::clock() - begin);
}

}  // namespace

TEST_CASE("a claim carries a bounded number of intervals, however many gaps are open") {
  auto window = with_gaps(100'000);
  REQUIRE(window.gaps().size() == 100'000);
  const GapReading reading(window.order(Scan::gaps, 5000, true).gaps, 5000, 500);
  CHECK(reading.asked().size() <= 500);
  CHECK(reading.asked().back().high == window.last() - 1);
}

TEST_CASE("ten times as many gaps cost a claim about ten times as much") {
  auto few = with_gaps(10'000);
  auto many = with_gaps(100'000);
  cost_of_claims(few, 10);
  cost_of_claims(many, 10);
  double cheapest_few = 1e9;
  double cheapest_many = 1e9;
  for (int round = 0; round < 5; ++round) {
    cheapest_few = std::min(cheapest_few, cost_of_claims(few, 20));
    cheapest_many = std::min(cheapest_many, cost_of_claims(many, 20));
  }
  INFO(cheapest_few << " and " << cheapest_many << " clock ticks");
  CHECK(cheapest_many < 40 * cheapest_few);  // a square would be a hundred
}

namespace {

/// Row by row, as a relay does that has read all there was; then whoever could fill a gap has gone.
void follow(ClaimWindow& window, const std::vector<std::vector<Position>>& claims) {
  const auto nobody = std::set<WriterToken>{};
  for (const auto& rows : claims) REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, nobody), now));
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, nobody), now));
  REQUIRE(window.gaps().empty());
}

/// Rows that only a sweep finds.
std::uint64_t drawn_ahead_of(ClaimWindow& window, const std::vector<Position>& swept) {
  const auto before = window.drawn_ahead();
  REQUIRE(window.take(found(window.order_sweep(10), swept), now));
  return window.drawn_ahead() - before;
}

}  // namespace

TEST_CASE("a row that comes into a gap that was opened under our eyes and proven dead had its id drawn ahead") {
  ClaimWindow window;
  follow(window, {{1, 3}, {4}, {7}});
  CHECK(drawn_ahead_of(window, {2}) == 0);  // was there before this relay: somebody replayed it
  CHECK(drawn_ahead_of(window, {6}) == 1);
}

TEST_CASE("a row that comes back below the first new one was there before: its id was not drawn ahead") {
  ClaimWindow window;
  follow(window, {{1, 3}, {9}, {12}});  // 4 to 8 were sent by a former relay, while 3 could not be sent
  CHECK(drawn_ahead_of(window, {6}) == 0);
  CHECK(drawn_ahead_of(window, {11}) == 1);
}

TEST_CASE("a row that was read, was sent or parked, and comes back did not have its id drawn ahead") {
  ClaimWindow window;
  const auto rewound = GENERATE(Position{5}, relay::lowest_position);
  follow(window, {{1}, {2}, {3, 4, 5, 6, 7}});
  window.rewind(rewound);
  const std::vector<Position> left = rewound == 5 ? std::vector<Position>{7} : std::vector<Position>{1, 3};
  follow(window, {left, {8}, {11}});
  CHECK(drawn_ahead_of(window, {5}) == 0);
  CHECK(drawn_ahead_of(window, {6}) == 0);
  CHECK(drawn_ahead_of(window, {10}) == 1);
}

TEST_CASE("a row that was read before all had been read once, and comes back, did not have its id drawn ahead") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3, 4, 5};
  auto cut = found(window.order(Scan::gaps, 5, false), rows);
  cut.more = true;
  REQUIRE(window.take(cut, now));
  window.rewind(2);
  follow(window, {{}, {3}, {6}, {9}});  // 4 and 5 were sent meanwhile
  CHECK(drawn_ahead_of(window, {5}) == 0);
  CHECK(drawn_ahead_of(window, {8}) == 1);
}

TEST_CASE("where other relays settle, too, no row counts as drawn ahead: another one may have sent it before") {
  ClaimWindow window;
  window.share();
  follow(window, {{1, 3}, {4}, {7}});
  CHECK(drawn_ahead_of(window, {6}) == 0);
}

TEST_CASE("a sweep goes on where its page ended, and claims come between") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3, 4, 5};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  const auto page = window.order_sweep(2);
  CHECK(page.after == relay::lowest_position);
  const std::vector<Position> two{1, 2};
  auto findings = found(page, two);
  findings.more = true;
  REQUIRE(window.take(findings, now));
  CHECK(window.sweep_unfinished());
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), {}), now));
  const auto next = window.order_sweep(2);
  CHECK(next.after == 2);
  REQUIRE(window.take(found(next, {}), now));
  CHECK_FALSE(window.sweep_unfinished());
}

TEST_CASE("a head scan reads all below that it does not know, and what waits or is in flight it knows") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3, 5, 8};
  REQUIRE(window.take(found(window.order(Scan::head, 10, false), rows), now));
  window.handed_on(std::vector<Position>{2}, 8);
  const auto order = window.order(Scan::head, 10, false);
  CHECK(order.after == 8);
  CHECK(order.gaps == std::vector<relay::Interval>{{relay::lowest_position + 1, 0}, {4, 7}});
}
