#include "tests/domain/model/schedule.hpp"
#include "tests/support/catch.hpp"

#include <cstdint>
#include <string>

using model::Breach;
using model::Rule;
using model::World;

namespace {

void check_holds(const World& world, std::uint32_t schedules = 500) {
  for (std::uint32_t seed = 1; seed <= schedules; ++seed) {
    const auto verdict = model::run_schedule(world, Rule::none, seed);
    if (!verdict.breach) continue;
    INFO("seed " << seed << ": " << verdict.how);
    REQUIRE_FALSE(verdict.breach.has_value());
  }
  SUCCEED();
}

/// Whether a schedule is found that breaks this promise without the rule.
bool breaks(const World& world, Rule off, Breach breach, std::uint32_t schedules = 5000) {
  for (std::uint32_t seed = 1; seed <= schedules; ++seed) {
    if (model::run_schedule(world, off, seed).breach == breach) return true;
  }
  return false;
}

World with_two_relays() {
  return {.relays = 2, .kills = true, .frozen = true};
}

World with_restarts() {
  return {.lost_replies = true, .restarts = true};
}

World with_ids_that_come_back() {
  return {.relays = 2,
          .kills = true,
          .frozen = true,
          .producers_fail = true,
          .lost_replies = true,
          .restarts = true,
          .ids_come_back = true,
          .fail_overs = true};
}

World with_ids_drawn_ahead() {
  return {.keys = 8, .rewinds = false, .ids_drawn_ahead = true};
}

World with_bad_rows() {
  return {.producers_fail = true, .bad_rows = true};
}

}  // namespace

TEST_CASE("in calm weather every committed row is published once and in order") {
  check_holds({});
  check_holds({.torn_reads = false, .sweeps = false});
  check_holds({.partitions = 1, .rewinds = false});
}
TEST_CASE("kills and failing producers lose and reorder nothing") {
  check_holds({.kills = true, .producers_fail = true, .lost_replies = true});
}
TEST_CASE("blocked keys lose and reorder nothing") {
  check_holds(with_bad_rows());
  check_holds({.kills = true, .bad_rows = true, .lost_replies = true});
}
TEST_CASE("two relays without a lease, one of them frozen now and then, lose and reorder nothing") {
  check_holds(with_two_relays());
  check_holds({.relays = 3, .kills = true, .frozen = true, .producers_fail = true, .bad_rows = true, .lost_replies = true});
}
TEST_CASE("restarts of the database lose and reorder nothing") {
  check_holds(with_restarts());
  check_holds({.producers_fail = true, .bad_rows = true, .lost_replies = true, .restarts = true});
}
TEST_CASE("ids that come back after a restart lose and reorder nothing") {
  check_holds(with_ids_that_come_back());
  auto world = with_ids_that_come_back();
  world.bad_rows = true;
  check_holds(world);
}
TEST_CASE("head scans lose and reorder nothing") {
  check_holds({.scan = relay::Scan::head});
  check_holds({.scan = relay::Scan::head, .sweeps = false, .rewinds = false, .bad_rows = true});
  check_holds({.scan = relay::Scan::head, .producers_fail = true, .bad_rows = true, .lost_replies = true, .restarts = true});
  check_holds({.relays = 2,
               .scan = relay::Scan::head,
               .kills = true,
               .frozen = true,
               .producers_fail = true,
               .bad_rows = true,
               .lost_replies = true,
               .restarts = true,
               .ids_come_back = true,
               .fail_overs = true});
}
TEST_CASE("ids drawn ahead of the insert lose nothing") {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    const auto verdict = model::run_schedule(with_ids_drawn_ahead(), Rule::none, seed);
    INFO("seed " << seed << ": " << verdict.how);
    REQUIRE((!verdict.breach || verdict.breach == Breach::disorder));
  }
}

TEST_CASE("where a row in a dead gap does not end the watching of gaps, far more predecessors are overtaken") {
  const World world{.keys = 8, .transactions = 60, .rewinds = false, .ids_drawn_ahead = true};
  const auto in_order = [&](Rule off) {
    int count = 0;
    for (std::uint32_t seed = 1; seed <= 500; ++seed) count += model::run_schedule(world, off, seed).breach ? 0 : 1;
    return count;
  };
  const auto with_rule = in_order(Rule::none);
  const auto without = in_order(Rule::drawn_ahead_ends_gaps);
  INFO(with_rule << " and " << without << " of 500 schedules");
  CHECK(with_rule > 2 * without);
}

TEST_CASE("where the gaps are read before the rows ahead, a predecessor is overtaken") {
  CHECK(breaks({}, Rule::forward_before_gaps, Breach::disorder));
}
TEST_CASE("where the gaps that a claim has just opened are not read, a predecessor is overtaken") {
  CHECK(breaks({}, Rule::new_gaps_included, Breach::disorder));
}
TEST_CASE("without a gap below the first row, a row is lost to the forward scan") {
  CHECK(breaks({}, Rule::gap_below_first_row, Breach::disorder));
  CHECK(breaks({.sweeps = false, .rewinds = false}, Rule::gap_below_first_row, Breach::stuck));
}
TEST_CASE("where the gaps are read only once, a predecessor is overtaken") {
  CHECK(breaks({}, Rule::gaps_read_again, Breach::disorder));
}
TEST_CASE("where a gap reading that was cut is not confirmed by a second one, a predecessor is overtaken") {
  CHECK(breaks({.keys = 2}, Rule::cut_gaps_read_again, Breach::disorder));
}
TEST_CASE("where a gap reading that was cut proves the gaps above dead, a row is lost to the forward scan") {
  CHECK(breaks({}, Rule::cut_proves_nothing_above, Breach::disorder));
}
TEST_CASE("where a head scan does not read below what it brought, a predecessor is overtaken") {
  CHECK(breaks({.scan = relay::Scan::head}, Rule::head_reads_below, Breach::disorder));
  CHECK(breaks({.scan = relay::Scan::head, .sweeps = false, .rewinds = false}, Rule::head_reads_below, Breach::stuck));
}
TEST_CASE("where a head scan leaves out ids between known rows that it has not read, a predecessor is overtaken") {
  CHECK(breaks({.scan = relay::Scan::head}, Rule::known_rows_were_read, Breach::disorder));
}
TEST_CASE("where a page of a sweep is all that is read, a predecessor is overtaken") {
  CHECK(breaks({}, Rule::sweep_reads_below, Breach::disorder));
  CHECK(breaks({.scan = relay::Scan::head}, Rule::sweep_reads_below, Breach::disorder));
}
TEST_CASE("where a claim that was under way when the last writer left counts as a proof, a row is lost to the forward scan") {
  CHECK(breaks({}, Rule::proof_by_a_later_claim, Breach::disorder));
}
TEST_CASE("where a claim reads the writers after the rows, a row is lost to the forward scan") {
  CHECK(breaks({}, Rule::writers_before_rows, Breach::disorder));
}
TEST_CASE("where a gap is closed by age alone, a row is lost to the forward scan") {
  CHECK(breaks({}, Rule::never_by_age, Breach::disorder));
}
TEST_CASE("where writers that were read before a restart count after it, a row is lost to the forward scan") {
  CHECK(breaks(with_restarts(), Rule::new_connection_from_the_head, Breach::disorder));
}
TEST_CASE("where the forward scan goes on over a restart that set ids back, a predecessor is overtaken") {
  CHECK(breaks(with_ids_that_come_back(), Rule::new_connection_from_the_head, Breach::disorder));
}
TEST_CASE("where a claim that began before a rewind is taken in, a predecessor is overtaken") {
  CHECK(breaks(with_bad_rows(), Rule::stale_claims_thrown_away, Breach::disorder));
}
TEST_CASE("where rows are known by id alone, one that came under a former id is lost") {
  CHECK(breaks(with_ids_that_come_back(), Rule::rows_known_by_fingerprint, Breach::lost));
}
TEST_CASE("where a settled row is forgotten before claims under way were taken in, it is sent twice") {
  CHECK(breaks({}, Rule::settled_rows_remembered, Breach::twice));
}
TEST_CASE("where a settlement's ranges go across dead ids, a row is lost") {
  CHECK(breaks(with_ids_drawn_ahead(), Rule::exact_ranges, Breach::lost));
}
TEST_CASE("where a settlement in doubt is repeated blindly, a row is lost") {
  CHECK(breaks(with_ids_that_come_back(), Rule::in_doubt_is_read, Breach::lost));
}
TEST_CASE("where rows that were read before a reconnect are settled unseen, a row is lost") {
  CHECK(breaks(with_ids_that_come_back(), Rule::new_connection_settles_by_read, Breach::lost));
}
TEST_CASE("where a probe is sent while lower rows of its topic are under way, it overtakes a predecessor") {
  CHECK(breaks(with_bad_rows(), Rule::probe_waits_for_acknowledgements, Breach::disorder));
}
TEST_CASE("where a probe is sent before a rewind has come to its row, it overtakes a predecessor") {
  CHECK(breaks(with_bad_rows(), Rule::probe_waits_for_rewind, Breach::disorder));
}
TEST_CASE("where blocks outlive a connection, a row that came under the id of a blocked one overtakes a predecessor") {
  auto world = with_ids_that_come_back();
  world.bad_rows = true;
  CHECK(breaks(world, Rule::new_connection_blocks_nobody, Breach::disorder));
}
