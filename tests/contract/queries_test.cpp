#include "tests/contract/every.hpp"
#include "tests/contract/outbox.hpp"

#include <chrono>
#include <limits>
#include <thread>

using namespace contract;

// What sql/queries.list says of each named query. Every column has a name that needs quoting, or that the queries use themselves.

#define FOR_BOTH_DISPOSALS const auto dispose = GENERATE(Dispose::delete_row, Dispose::mark)

TEST_CASE("claims read unsent rows in order: the first, above a position, and named ones") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  CHECK(outbox.head(session, 10).empty());
  outbox.insert(session, ids(1, 30));
  outbox.settle_list(session, Ids{1, 2, 15});
  CHECK(outbox.head(session, 4) == ids(3, 6));
  CHECK(outbox.forward(session, 12, 4) == Ids{13, 14, 16, 17});
  CHECK(outbox.forward(session, 30, 4).empty());
  CHECK(outbox.forward(session, std::numeric_limits<std::int64_t>::max(), 4).empty());
  CHECK(outbox.forward(session, std::numeric_limits<std::int64_t>::min(), 2) == ids(3, 4));
  CHECK(outbox.some(session, Ids{29, 1, 15, 16, 3, 99}) == Ids{3, 16, 29});
}

TEST_CASE("a claim carries the columns asked for, with their names and kinds, and last whether this is a reader") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Outbox outbox(sandbox, Dispose::mark);
  outbox.insert(sandbox.session(), ids(1, 1));
  const auto rows = outbox.claim(sandbox.session(), 0, 1);
  REQUIRE(rows.columns().size() == 4);
  CHECK(rows.columns()[0].name == "low");
  CHECK(rows.columns()[0].kind == relay::ColumnKind::integer);
  CHECK(rows.columns()[1].name == "order");
  CHECK(rows.columns()[1].kind == relay::ColumnKind::text);
  CHECK(rows.columns()[2].name == "created at");
  CHECK(rows.columns()[2].kind == relay::ColumnKind::timestamp);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0].bytes() == "1");
  CHECK(rows[0][1].bytes() == "payload");
  CHECK(rows[0][2].bytes().substr(0, 23) == "2026-01-02 03:04:05.678");
  CHECK((rows[0][3].bytes() == "0" || rows[0][3].bytes() == "false"));
}

TEST_CASE("gaps are read as intervals, in order, up to the limit, and without what lies beside them") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  outbox.insert(session, ids(10, 1000, 10));
  outbox.settle_list(session, Ids{50});
  CHECK(outbox.gaps(session, {{11, 19}}, 10).empty());
  CHECK(outbox.gaps(session, {{11, 20}, {30, 30}, {41, 59}, {95, 105}}, 10) == Ids{20, 30, 100});
  CHECK(outbox.gaps(session, {{1, 100}, {900, 2'000'000}}, 4) == Ids{10, 20, 30, 40});
  CHECK(outbox.gaps(session, {{std::numeric_limits<std::int64_t>::min(), 20}, {981, std::numeric_limits<std::int64_t>::max()}},
                    10) == Ids{10, 20, 990, 1000});
  Ranges many;
  for (std::int64_t i = 0; i < 200; ++i) many.emplace_back(i * 10 + 1, i * 10 + 9);
  CHECK(outbox.gaps(session, many, 10).empty());
  many.back() = {995, 3000};
  CHECK(outbox.gaps(session, many, 10) == Ids{1000});
}

TEST_CASE("ranges and lists settle exactly their rows, once") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  outbox.insert(session, ids(1, 20));
  CHECK(outbox.settle_ranges(session, {{3, 5}, {8, 8}}) == 4);
  CHECK(outbox.unsent(session) == Ids{1, 2, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20});
  CHECK(outbox.settle_list(session, Ids{1, 20, 10, 4}) == 3);
  CHECK(outbox.unsent(session) == Ids{2, 6, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19});
  CHECK(outbox.settle_list(session, Ids{1, 20, 10}) == 0);
  CHECK(outbox.settle_ranges(session, {{3, 5}}) == 0);
}

TEST_CASE("a marked row stays, a deleted one does not") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  outbox.insert(session, ids(1, 4));
  outbox.settle_ranges(session, {{1, 2}});
  outbox.settle_list(session, Ids{3});
  CHECK(value(session, "SELECT COUNT(*) FROM " + outbox.table()) == (dispose == Dispose::mark ? "4" : "1"));
  CHECK(outbox.unsent(session) == Ids{4});
}

TEST_CASE("5,000 ids fit one settlement") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  outbox.insert(session, ids(1, 12'000));
  CHECK(outbox.settle_list(session, ids(1, 10'000, 2)) == 5000);
  CHECK(outbox.settle_ranges(session, {{10'001, 12'000}}) == 2000);
  CHECK(outbox.unsent(session) == ids(2, 10'000, 2));
}

TEST_CASE("sent rows are found by id, by time and by key, page by page, and unsent ones are not") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::mark);
  outbox.insert(session, ids(1, 20));
  outbox.settle_list(session, ids(2, 20, 2));
  const std::int64_t before_all = std::numeric_limits<std::int64_t>::min();
  CHECK(outbox.sent_by_ids(session, 3, 10, 100) == Ids{4, 6, 8, 10});
  CHECK(outbox.sent_by_ids(session, before_all, std::numeric_limits<std::int64_t>::max(), 3) == Ids{2, 4, 6});
  const auto* created = "2026-01-02 03:04:05.678";
  CHECK(outbox.sent_by_time(session, 14, created, "2026-01-02 03:04:05.679", 100) == Ids{16, 18, 20});
  CHECK(outbox.sent_by_time(session, before_all, "1970-01-01 00:00:00", "9999-12-31 00:00:00", 2) == Ids{2, 4});
  CHECK(outbox.sent_by_time(session, before_all, "1970-01-01 00:00:00", created, 100).empty());
  CHECK(outbox.sent_by_time(session, before_all, "2026-01-02 03:04:05.679", "9999-12-31 00:00:00", 100).empty());
  CHECK(outbox.sent_by_key(session, 16, "payload", 100) == Ids{18, 20});
  CHECK(outbox.sent_by_key(session, before_all, "payload", 2) == Ids{2, 4});
  CHECK(outbox.sent_by_key(session, before_all, "PAYLOAD", 2).empty());
}

TEST_CASE("sent rows are deleted or made unsent by list, and unsent ones are left alone") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::mark);
  outbox.insert(session, ids(1, 10));
  outbox.settle_list(session, ids(2, 10, 2));
  CHECK(outbox.delete_sent(session, ids(1, 6)) == 3);
  CHECK(value(session, "SELECT COUNT(*) FROM " + outbox.table()) == "7");
  CHECK(outbox.unsent(session) == ids(1, 9, 2));
  CHECK(outbox.unmark(session, ids(1, 8)) == 1);
  CHECK(outbox.unsent(session) == Ids{1, 3, 5, 7, 8, 9});
}

TEST_CASE("who could still fill a gap is named as long as its transaction is open, and not longer") {
  FOR_EVERY_DATABASE(it.many_writers && it.name != "odbc" && it.name != "firebird");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::delete_row);
  const Outbox other(sandbox, Dispose::delete_row);
  REQUIRE(sandbox.dialect().proves_gaps);
  CHECK(outbox.writers(session).empty());
  const auto one = sandbox.connect();
  const auto two = sandbox.connect();
  one->begin();
  outbox.draw(*one);
  const auto first = outbox.writers(session);
  REQUIRE(first.size() == 1);
  two->begin();
  outbox.draw(*two);
  CHECK(outbox.writers(session).size() == 2);
  CHECK(other.writers(session).empty());
  one->commit();
  const auto left = outbox.writers(session);
  REQUIRE(left.size() == 1);
  CHECK(left != first);
  two->rollback();
  CHECK(outbox.writers(session).empty());
}

TEST_CASE("a writer keeps its name when its transaction is prepared, and when its session ends then") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "mysql");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::delete_row);
  const bool postgres = database.name == "postgres";
  const auto transaction = "'" + outbox.table() + "'";
  auto writer = sandbox.connect();
  run(*writer, postgres ? "BEGIN" : "XA START " + transaction);
  outbox.draw(*writer);
  const auto named = outbox.writers(session);
  CHECK(named.size() == 1);
  if (!postgres) run(*writer, "XA END " + transaction);
  run(*writer, (postgres ? "PREPARE TRANSACTION " : "XA PREPARE ") + transaction);
  CHECK(outbox.writers(session) == named);
  writer.reset();
  CHECK(outbox.writers(session) == named);
  run(session, (postgres ? "COMMIT PREPARED " : "XA COMMIT ") + transaction);
  CHECK(outbox.writers(session).empty());
}

TEST_CASE("a writer that waits inside its INSERT is named, and one that only reads is not") {
  FOR_EVERY_DATABASE(it.many_writers && it.name != "odbc" && it.name != "firebird");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::delete_row);
  const auto reader = sandbox.connect();
  reader->begin();
  CHECK(outbox.head(*reader, 10).empty());
  CHECK(outbox.writers(session).empty());
  reader->rollback();

  auto patient = sandbox.target();
  patient.lock_timeout = std::chrono::seconds(25);
  const auto holder = sandbox.connect();
  const auto waiting = sandbox.connect(patient);
  const auto insert = "INSERT INTO " + outbox.table() + " (" + sandbox.dialect().identifier_part("low") + ") VALUES (1)";
  holder->begin();
  run(*holder, insert);
  std::jthread waits([&] { run(*waiting, insert); });
  for (int tries = 0; outbox.writers(session).size() < 2 && tries < 1000; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(outbox.writers(session).size() == 2);
  holder->rollback();
  waits.join();
  CHECK(outbox.writers(session).empty());
  CHECK(outbox.unsent(session) == Ids{1});
}

TEST_CASE("backlog counts what is unsent, and finds its oldest") {
  FOR_EVERY_DATABASE(true);
  FOR_BOTH_DISPOSALS;
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, dispose);
  auto empty = outbox.backlog(session);
  CHECK(empty[0][0].bytes() == "0");
  CHECK(empty[0][1].is_null());
  outbox.insert(session, ids(1, 3));
  outbox.settle_list(session, Ids{2});
  const auto rows = outbox.backlog(session);
  CHECK(rows[0][0].bytes() == "2");
  CHECK(rows[0][1].bytes().substr(0, 23) == "2026-01-02 03:04:05.678");
}

TEST_CASE("a view is told from a table, since nobody could see who writes behind it") {
  FOR_EVERY_DATABASE(it.name != "odbc");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::delete_row);
  const auto view = outbox.table() + "_view";
  const auto quoted = sandbox.dialect().identifier(view);
  run(session, "CREATE VIEW " + quoted + " AS SELECT * FROM " + outbox.table());
  CHECK(outbox.not_a_table(session, view) == "a view");
  CHECK(outbox.not_a_table(session, outbox.table()).empty());
  CHECK(outbox.not_a_table(session, "no_such_table").empty());
  run(session, "DROP VIEW " + quoted);
}

TEST_CASE("an index that keeps the unsent rows together is found, or that there is none") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::mark);
  const std::string unknown = "nobody can tell";
  const bool tells = database.name != "odbc";
  CHECK(outbox.unsent_index(session, outbox.table()) == (tells ? "there is one" : unknown));
  const auto word = [&](std::string_view name) { return sandbox.dialect().identifier_part(name); };
  const auto bare = sandbox.table(word("low") + " " + database.id_column + ", " + word("sen\"t") + " " + database.time_type);
  CHECK(outbox.unsent_index(session, bare) == (tells ? "none" : unknown));
  CHECK(outbox.unsent_index(session, "no_such_table") == "none");
  if (database.name != "postgres" && database.name != "sqlite") return;
  run(session, "CREATE INDEX " + bare + "_unsent ON " + bare + " (" + word("low") + ") WHERE " + word("sen\"t") + " IS NULL");
  CHECK(outbox.unsent_index(session, bare) == "there is one");
}

TEST_CASE("a table's columns are listed in order with type and whether they may be NULL; a missing table has none") {
  FOR_EVERY_DATABASE(it.name != "odbc");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::mark);
  const auto columns = outbox.columns(session, outbox.table());
  REQUIRE(columns.size() == 4);
  const std::vector<std::string> names{"low", "order", "created at", "sen\"t"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    CHECK(columns[i][0].bytes() == names[i]);
    CHECK_FALSE(columns[i][1].bytes().empty());
    CHECK(columns[i][2].bytes() == (i == 0 ? "0" : "1"));
  }
  CHECK(outbox.columns(session, "no_such_table").empty());
  CHECK(outbox.columns(session, "it's \"no\".table").empty());
}

TEST_CASE("a column's type is what its values are: behind every domain, and of SQLite's one size") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "sqlite");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const Outbox outbox(sandbox, Dispose::mark);
  const auto types_of = [&](const std::string& table) {
    std::vector<std::string> types;
    const auto columns = outbox.columns(session, table);
    for (std::size_t i = 0; i < columns.size(); ++i) types.emplace_back(columns[i][1].bytes());
    return types;
  };
  if (database.name == "sqlite") {
    CHECK(types_of(sandbox.table("a INTEGER, b int, c REAL, d FLOAT, e TEXT, f NUMERIC(10,2)")) ==
          std::vector<std::string>{"bigint", "bigint", "double", "double", "TEXT", "NUMERIC(10,2)"});
    return;
  }
  for (const auto* sql : {"CREATE DOMAIN pg_temp.amount AS numeric(10,2)", "CREATE DOMAIN pg_temp.price AS pg_temp.amount",
                          "CREATE DOMAIN pg_temp.fare AS pg_temp.price", "CREATE TYPE pg_temp.mood AS ENUM ('sad', 'it''s')",
                          "CREATE DOMAIN pg_temp.temper AS pg_temp.mood"})
    run(session, sql);  // they are gone with the session
  CHECK(types_of(sandbox.table("a pg_temp.fare NOT NULL, b pg_temp.price, c pg_temp.amount, d pg_temp.temper, e pg_temp.mood, "
                               "f varchar(7), g integer")) ==
        std::vector<std::string>{"numeric(10,2)", "numeric(10,2)", "numeric(10,2)", "enum('sad','it''s')", "enum('sad','it''s')",
                                 "character varying(7)", "integer"});
}
