// The mark variant keeps what was sent: its index has to keep the scan for what is unsent flat.
#include "sql/queries.hpp"
#include "tests/sql/outbox_database.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <thread>

using namespace test;

namespace {

/// How a database shows a plan, and what stands there when the unsent rows are read along their index, in order.
struct Explain {
  std::string prefix;
  std::string along_index;
  std::string analyze;
};

Explain explain_of(std::string_view dialect) {
  if (dialect == "postgres") return {"EXPLAIN ", "Index Scan using outbox_unsent", "ANALYZE outbox"};
  if (dialect == "mysql") return {"EXPLAIN FORMAT=TREE ", "using outbox_unsent", "ANALYZE TABLE outbox"};
  if (dialect == "mariadb") return {"EXPLAIN FORMAT=JSON ", "\"key\": \"outbox_unsent\"", "ANALYZE TABLE outbox"};
  return {"EXPLAIN QUERY PLAN ", "USING INDEX outbox_unsent", "ANALYZE"};
}

std::string plan(db::Session& session, const Explain& explain, const db::Statement& statement,
                 std::span<const db::Parameter> parameters) {
  const auto rows = session.run({"explain", explain.prefix + statement.sql}, parameters);
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto& cell : rows[i]) text += std::string(cell.bytes()) + " ";
    text += "\n";
  }
  return text;
}

struct ClaimPlans {
  std::string head;
  std::string forward;
};

ClaimPlans claim_plans(db::Session& relay, const OutboxDatabase& outbox, const Explain& explain) {
  const auto claim = outbox.query("claim_forward", outbox.dialect().queries->claim_forward);
  const std::array<db::Parameter, 2> all{std::numeric_limits<std::int64_t>::min(), std::int64_t{5000}};
  const std::array<db::Parameter, 2> after{std::int64_t{5}, std::int64_t{5000}};
  return {plan(relay, explain, claim, all), plan(relay, explain, claim, after)};
}

bool along_index(const ClaimPlans& plans, const Explain& explain) {
  return plans.head.find(explain.along_index) != std::string::npos && plans.forward.find(explain.along_index) != std::string::npos;
}

/// Sorting means that all unsent rows are read for each page of them.
bool sorts(const ClaimPlans& plans) {
  return std::ranges::any_of(std::array{"Sort", "filesort", "TEMP B-TREE"}, [&](std::string_view word) {
    return plans.head.find(word) != std::string::npos || plans.forward.find(word) != std::string::npos;
  });
}

/// InnoDB counts an index entry until it is purged, some seconds after its row was marked; until then MySQL may prefer the primary
/// key.
ClaimPlans plans_after_purge(db::Session& relay, const OutboxDatabase& outbox, const Explain& explain) {
  for (int tries = 0;; ++tries) {
    auto plans = claim_plans(relay, outbox, explain);
    if (along_index(plans, explain) || tries == 300) return plans;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace

TEST_CASE("a few unsent rows behind many sent ones are read along their index, with old and with new statistics") {
  const auto server = GENERATE(from_range(servers()));
  INFO(server.dialect);
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  OutboxDatabase outbox(server, Variant::mark);
  const auto explain = explain_of(server.dialect);
  insert_order(outbox.owner());
  multiply_rows(outbox.owner(), 14);
  run(outbox.owner(), "UPDATE outbox SET sent_at = created_at");
  for (int i = 0; i < 8; ++i) insert_order(outbox.owner());
  const auto relay = outbox.relay();
  for (const auto& statistics : {std::string("SELECT 1"), explain.analyze}) {
    run(outbox.owner(), statistics);
    const auto plans = plans_after_purge(*relay, outbox, explain);
    INFO("after " << statistics << "\nfrom the head:\n" << plans.head << "from id 5:\n" << plans.forward);
    CHECK(along_index(plans, explain));
    CHECK_FALSE(sorts(plans));
  }
}

TEST_CASE("a page of a large backlog is read without sorting all of it, also before anybody counted its rows") {
  const auto server = GENERATE(from_range(servers()));
  INFO(server.dialect);
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  OutboxDatabase outbox(server, Variant::mark);
  if (server.dialect == "postgres") run(outbox.owner(), "ALTER TABLE outbox SET (autovacuum_enabled = off)");
  insert_order(outbox.owner());
  multiply_rows(outbox.owner(), 16);
  const auto plans = claim_plans(*outbox.relay(), outbox, explain_of(server.dialect));
  INFO("from the head:\n" << plans.head << "from id 5:\n" << plans.forward);
  CHECK_FALSE(sorts(plans));
}
