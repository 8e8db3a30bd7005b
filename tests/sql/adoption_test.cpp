// The tables and grants of sql/, adopted as they are: what an application and the relay can do with them, and what they cannot.
#include "sql/queries.hpp"
#include "tests/sql/outbox_database.hpp"
#include "tests/support/catch.hpp"

#include <array>

using namespace test;

namespace {

#define FOR_EACH_SERVER(server)                        \
  const auto server = GENERATE(from_range(servers())); \
  INFO((server).dialect);                              \
  if ((server).url.empty()) SKIP((server).dialect + " is not there: OUTBOX_RELAY_TEST_* is not set")

template <typename Call>
db::Failure failure_of(const Call& call) {
  try {
    call();
  } catch (const db::DbError& error) {
    INFO(error.what());
    return error.failure();
  }
  FAIL("it was allowed");
  return {};
}

/// One settlement of the ids `low` to `high`, in the form that the dialect takes.
std::uint64_t settle_range(db::Session& session, const OutboxDatabase& outbox, std::string_view text, std::int64_t low,
                           std::int64_t high) {
  const auto statement = outbox.query("settle_range", text);
  if (!outbox.dialect().settles_many_ranges) {
    const std::array<db::Parameter, 3> range{low, high, high - low + 1};
    return session.run(statement, range).affected();
  }
  const auto lows = outbox.dialect().list(std::array{low});
  const auto highs = outbox.dialect().list(std::array{high});
  const std::array<db::Parameter, 2> lists{std::string_view(lows), std::string_view(highs)};
  return session.run(statement, lists).affected();
}

std::uint64_t settle_list(db::Session& session, const OutboxDatabase& outbox, std::string_view text, std::int64_t id) {
  const auto ids = outbox.dialect().list(std::array{id});
  const std::array<db::Parameter, 1> list{std::string_view(ids)};
  return session.run(outbox.query("settle_list", text), list).affected();
}

std::size_t claim_after(db::Session& session, const OutboxDatabase& outbox, std::int64_t after) {
  const std::array<db::Parameter, 2> parameters{after, std::int64_t{100}};
  return session.run(outbox.query("claim_forward", outbox.dialect().queries->claim_forward), parameters).size();
}

std::size_t claim_gap(db::Session& session, const OutboxDatabase& outbox) {
  const auto low = outbox.dialect().list(std::array{std::int64_t{1}});
  const auto high = outbox.dialect().list(std::array{std::int64_t{1000000}});
  std::vector<db::Parameter> parameters;
  if (!outbox.dialect().gaps_inline) parameters = {std::string_view(low), std::string_view(high)};
  parameters.emplace_back(std::int64_t{100});
  return session.run(outbox.query("claim_gaps", outbox.dialect().queries->claim_gaps), parameters).size();
}

std::size_t gap_writers(db::Session& session, const OutboxDatabase& outbox) {
  const std::array<db::Parameter, 2> table{db::Null{}, std::string_view("outbox")};
  return session.run(outbox.query("gap_writers", outbox.dialect().queries->gap_writers), table).size();
}

}  // namespace

TEST_CASE("a table made twice is the table made once, its rows kept") {
  FOR_EACH_SERVER(server);
  const auto variant = GENERATE(Variant::delete_row, Variant::mark);
  OutboxDatabase outbox(server, variant);
  insert_order(outbox.owner());
  run_script(outbox.owner(), outbox.ddl());
  CHECK(value(outbox.owner(), "SELECT count(*) FROM outbox") == "1");
}

TEST_CASE("an application that gives type, aggregate, event and payload succeeds, and the insert draws dense ids") {
  FOR_EACH_SERVER(server);
  const auto variant = GENERATE(Variant::delete_row, Variant::mark);
  OutboxDatabase outbox(server, variant);
  const auto application = outbox.application();
  for (int i = 0; i < 3; ++i) insert_order(*application);
  CHECK(value(*outbox.relay(), "SELECT count(*) FROM outbox WHERE id IN (1, 2, 3)") == "3");
}

TEST_CASE("created_at is the moment of the insert in UTC, whatever the application's time zone") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  const auto application = outbox.application();
  if (server.dialect == "postgres") run(*application, "SET TIME ZONE 'Asia/Tokyo'");
  if (server.dialect == "mysql" || server.dialect == "mariadb") run(*application, "SET time_zone = '+09:00'");
  const std::string now = server.dialect == "postgres" ? "clock_timestamp()"
                          : server.dialect == "sqlite" ? "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
                                                       : "CAST(UTC_TIMESTAMP(6) AS CHAR)";
  const auto before = value(outbox.owner(), "SELECT " + now);
  insert_order(*application);
  const auto created = value(*outbox.relay(), "SELECT created_at FROM outbox");
  const auto after = value(outbox.owner(), "SELECT " + now);
  CHECK(before <= created);
  CHECK(created <= after);
}

TEST_CASE("a payload comes back byte by byte, and NULL stays NULL") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  const std::string payload =
      "{\"b\": 1.10,  \"a\":12345678901234567890.123456789, \"a\":\"\xF0\x9F\x9A\x9A \\u00e9\", \"\\\"\":null}\n";
  const auto application = outbox.application();
  const auto insert =
      server.dialect == "postgres" ? "VALUES ('orders', 'o-1', 'OrderPlaced', $1)" : "VALUES ('orders', 'o-1', 'OrderPlaced', ?)";
  const db::Statement statement{"test",
                                std::string("INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) ") + insert};
  application->run(statement, std::array<db::Parameter, 1>{std::string_view(payload)});
  application->run(statement, std::array<db::Parameter, 1>{db::Null{}});
  const auto rows = run(*outbox.relay(), "SELECT payload FROM outbox ORDER BY id");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0][0].bytes() == payload);
  CHECK(rows[1][0].is_null());
}

TEST_CASE("aggregates that differ only in case are two") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  insert_order(outbox.owner(), "order-a");
  insert_order(outbox.owner(), "ORDER-A");
  CHECK(value(outbox.owner(), "SELECT count(*) FROM outbox WHERE aggregate_id = 'order-a'") == "1");
}

TEST_CASE("the application's grants allow an insert and nothing else, and no id from elsewhere") {
  FOR_EACH_SERVER(server);
  const auto variant = GENERATE(Variant::delete_row, Variant::mark);
  OutboxDatabase outbox(server, variant);
  if (!outbox.has_roles()) return;
  const auto application = outbox.application();
  insert_order(*application);
  for (const auto* refused :
       {"SELECT id FROM outbox", "SELECT payload FROM outbox", "DELETE FROM outbox", "UPDATE outbox SET payload = ''"}) {
    INFO(refused);
    CHECK(failure_of([&] { run(*application, refused); }) == db::Failure::privilege);
  }
  const auto insert_with_id = [&] {
    run(*application,
        "INSERT INTO outbox (id, aggregate_type, aggregate_id, event_type) VALUES (50, 'orders', 'o-1', 'OrderPlaced')");
  };
  CHECK_THROWS_AS(insert_with_id(), db::DbError);
}

TEST_CASE("the relay's grants are enough for every query of the delete variant") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  const auto& queries = *outbox.dialect().queries;
  for (int i = 0; i < 4; ++i) insert_order(*outbox.application());
  const auto relay = outbox.relay();
  CHECK(claim_after(*relay, outbox, 1) == 3);
  CHECK(claim_gap(*relay, outbox) == 4);
  CHECK(relay->run(outbox.query("backlog", queries.backlog), {})[0][0].bytes() == "4");
  CHECK(settle_range(*relay, outbox, queries.settle_delete_range, 1, 2) == 2);
  CHECK(settle_list(*relay, outbox, queries.settle_delete_list, 4) == 1);
  CHECK(value(*relay, "SELECT min(id) FROM outbox") == "3");
}

TEST_CASE("the relay's grants are enough for every query of the mark variant") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::mark);
  const auto& queries = *outbox.dialect().queries;
  for (int i = 0; i < 4; ++i) insert_order(*outbox.application());
  const auto relay = outbox.relay();
  CHECK(settle_range(*relay, outbox, queries.settle_mark_range, 1, 2) == 2);
  CHECK(settle_list(*relay, outbox, queries.settle_mark_list, 4) == 1);
  CHECK(claim_after(*relay, outbox, 0) == 1);
  CHECK(claim_gap(*relay, outbox) == 1);
  CHECK(value(*relay, "SELECT count(*) FROM outbox WHERE sent_at >= created_at") == "3");
}

TEST_CASE("the relay's grants are enough to make, renew, read and give back its lease, and the application's are not") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  run_script(outbox.owner(), outbox.dialect().lease_ddl);
  const auto& queries = *outbox.dialect().queries;
  const auto relay = outbox.relay();
  const std::string_view name = "outbox-relay";
  const std::string_view holder = "host/1/a";
  const std::array<db::Parameter, 3> first{name, holder, std::int64_t{60000}};
  const std::array<db::Parameter, 4> take{holder, std::int64_t{60000}, name, holder};
  const std::array<db::Parameter, 3> release{name, holder, std::int64_t{1}};
  const std::array<db::Parameter, 1> read{name};
  relay->run(outbox.query("lease_first", queries.lease_first), first);
  CHECK(relay->run(outbox.query("lease_take", queries.lease_take), take).affected() == 1);
  CHECK(relay->run(outbox.query("lease_read", queries.lease_read), read)[0][0].bytes() == holder);
  CHECK(relay->run(outbox.query("lease_release", queries.lease_release), release).affected() == 1);
  if (!outbox.has_roles()) return;
  const auto application = outbox.application();
  CHECK(failure_of([&] { application->run(outbox.query("lease_take", queries.lease_take), take); }) == db::Failure::privilege);
  CHECK(failure_of([&] { run(*relay, "DELETE FROM outbox_relay_lease"); }) == db::Failure::privilege);
}

TEST_CASE("the relay may not insert, nor change a row beyond what its variant needs") {
  FOR_EACH_SERVER(server);
  const auto variant = GENERATE(Variant::delete_row, Variant::mark);
  OutboxDatabase outbox(server, variant);
  if (!outbox.has_roles()) return;
  insert_order(outbox.owner());
  const auto relay = outbox.relay();
  CHECK(failure_of([&] { insert_order(*relay); }) == db::Failure::privilege);
  CHECK(failure_of([&] { run(*relay, "UPDATE outbox SET payload = ''"); }) == db::Failure::privilege);
  if (variant == Variant::mark) CHECK(failure_of([&] { run(*relay, "DELETE FROM outbox"); }) == db::Failure::privilege);
}

TEST_CASE("under its grants the relay sees who could still fill a gap") {
  FOR_EACH_SERVER(server);
  const auto variant = GENERATE(Variant::delete_row, Variant::mark);
  OutboxDatabase outbox(server, variant);
  if (!outbox.has_roles()) return;
  const auto relay = outbox.relay();
  const auto application = outbox.application();
  CHECK(gap_writers(*relay, outbox) == 0);
  application->begin();
  insert_order(*application);
  CHECK(gap_writers(*relay, outbox) == 1);
  application->rollback();
  CHECK(gap_writers(*relay, outbox) == 0);
}

TEST_CASE("an id is never given twice, also when the table was empty in between") {
  FOR_EACH_SERVER(server);
  OutboxDatabase outbox(server, Variant::delete_row);
  insert_order(outbox.owner());
  run(outbox.owner(), "DELETE FROM outbox");
  insert_order(outbox.owner());
  CHECK(value(outbox.owner(), "SELECT id FROM outbox") == "2");
}
