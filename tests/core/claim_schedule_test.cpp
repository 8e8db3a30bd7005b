#include "relay/core/claim_schedule.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/core/model_cluster.hpp"
#include "tests/core/model_outbox.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <random>

using namespace relay;
using namespace std::chrono_literals;

namespace {

const Instant start{std::chrono::hours(1)};

core::ClaimRule batches_of(std::size_t rows) {
  core::ClaimRule rule;
  rule.batch_rows = rows;
  return rule;
}

/// A schedule and what it looks at, where nothing is claimed but by hand.
struct Desk {
  explicit Desk(std::size_t batch_rows) : rule(batches_of(batch_rows)) {}

  /// As the loop does: an order is carried out at once and finds nothing.
  std::optional<ClaimOrder> next(bool sweep_allowed, Instant now) {
    auto order = schedule.next(Scan::gaps, rule.batch_rows, sweep_allowed, now);
    if (!order) return order;
    REQUIRE(window.take({.number = order->number, .kind = order->kind, .positions = {}, .writers = {}}, now));
    if (order->kind == ClaimOrder::Kind::forward) schedule.claimed(false, false, now);
    return order;
  }

  std::mt19937 random{1};
  model::Cluster cluster{random, {}};
  core::Bell bell;
  core::SilentObserver silence;
  core::ClaimRule rule;
  ClaimWindow window;
  core::Publisher publisher{encode::MessageShape{},
                            encode::ColumnRoles{},
                            core::Order::strict,
                            core::BadRowRule{},
                            [this](bool probing) { return cluster.make_producer(probing); },
                            bell,
                            silence};
  core::HeldRows held;
  core::ClaimSchedule schedule{rule, window, publisher, held, start};
};

}  // namespace

TEST_CASE("a sweep that may not begin yet does not wake the loop") {
  Desk desk(100);
  const auto later = start + desk.rule.sweep_interval + 1s;
  REQUIRE(desk.next(false, later)->kind == ClaimOrder::Kind::forward);
  CHECK_FALSE(desk.next(false, later));
  CHECK(desk.schedule.due(false) > later);
  CHECK(desk.schedule.due(true) < later);
  CHECK(desk.next(true, later)->kind == ClaimOrder::Kind::sweep);
}

TEST_CASE("while rows that wait for a gap leave no room for a sweep the loop sleeps until the gap is looked at again") {
  Desk desk(1);
  std::map<Position, model::Outbox::Entry> rows;
  for (Position position = 2; position <= 6; ++position) rows[position] = {"orders", "k"};
  const model::Outbox outbox(rows);
  desk.held.add(outbox.above(1, rows.size()));
  const auto later = start + desk.rule.sweep_interval + 1s;
  REQUIRE(desk.next(true, later)->after == highest_position);
  desk.schedule.held(later);
  CHECK_FALSE(desk.next(true, later));
  CHECK(desk.schedule.due(true) > later);
  CHECK(desk.next(true, *desk.schedule.due(true)));
}
