#include "sql/queries.hpp"
#include "tests/contract/every.hpp"
#include "tests/contract/outbox.hpp"

#include <array>
#include <optional>

using namespace contract;

// What sql/queries.list says of the queries on dead letters. The outbox and the dead letters share the columns of the row, by names
// that need quoting.

namespace {

/// The named queries of the dead letters, on a table of their own beside an outbox.
class Dead {
 public:
  Dead(Sandbox& sandbox, Dispose dispose)
      : outbox(sandbox, dispose), session(sandbox.session()), database_(sandbox.database()), dialect_(sandbox.dialect()) {
    const auto word = [this](std::string_view name) { return dialect_.identifier_part(name); };
    const auto& time = database_.time_type;
    table_ = sandbox.table(word("low") + " bigint NOT NULL, " + word("order") + " " + database_.text_type + ", " +
                               word("created at") + " " + time +
                               ", dead_state varchar(16) NOT NULL, dead_topic varchar(200), dead_fault varchar(200) NOT NULL, "
                               "dead_attempts bigint NOT NULL, dead_first_at " +
                               time + " NOT NULL, dead_last_at " + time + " NOT NULL",
                           "dead");
    fragments_ = {{"table", word(outbox.table())},
                  {"dead", word(table_)},
                  {"row", word("low") + ", " + word("order") + ", " + word("created at")},
                  {"position", word("low")},
                  {"key", word("order")},
                  {"unsent", dispose == Dispose::mark ? word("sen\"t") + " IS NULL" : "1 = 1"}};
  }

  std::uint64_t copy(std::int64_t position, std::string_view state, std::optional<std::string_view> first_at = {},
                     std::optional<std::string_view> topic = "orders") {
    const std::array<db::Parameter, 6> parameters{state,           text_or_null(topic),    std::string_view("too large"),
                                                  std::int64_t{2}, text_or_null(first_at), position};
    return run_query("dead_copy", dialect_.queries->dead_copy, parameters).affected();
  }
  std::uint64_t touch(std::int64_t position, std::string_view fault, std::int64_t attempts) {
    const std::array<db::Parameter, 3> parameters{fault, attempts, position};
    return run_query("dead_touch", dialect_.queries->dead_touch, parameters).affected();
  }
  std::uint64_t remove(std::int64_t position, std::string_view state) {
    const std::array<db::Parameter, 2> parameters{position, state};
    return run_query("dead_remove", dialect_.queries->dead_remove, parameters).affected();
  }
  std::uint64_t back(std::int64_t position, std::string_view state) {
    const std::array<db::Parameter, 2> parameters{position, state};
    return run_query("dead_back", dialect_.queries->dead_back, parameters).affected();
  }
  std::uint64_t change(std::int64_t position, std::string_view from, std::string_view to) {
    const std::array<db::Parameter, 3> parameters{to, position, from};
    return run_query("dead_change", dialect_.queries->dead_change, parameters).affected();
  }
  db::ResultSet list(std::int64_t after, std::int64_t limit) {
    const std::array<db::Parameter, 2> parameters{after, limit};
    return run_query("dead_list", dialect_.queries->dead_list, parameters);
  }
  db::ResultSet show(std::int64_t position) {
    const std::array<db::Parameter, 1> parameters{position};
    return run_query("dead_show", dialect_.queries->dead_show, parameters);
  }
  std::string stale(std::int64_t limit) {
    const std::array<db::Parameter, 1> parameters{limit};
    return joined(run_query("dead_stale", dialect_.queries->dead_stale, parameters), 1);
  }
  db::ResultSet counts() { return run_query("dead_counts", dialect_.queries->dead_counts, {}); }

  /// `11 blocked,12 parked`, above a position
  std::string states(std::int64_t after = 0, std::int64_t limit = 100) { return joined(list(after, limit), 2); }

  Outbox outbox;
  db::Session& session;

 private:
  static db::Parameter text_or_null(std::optional<std::string_view> text) {
    return text ? db::Parameter(*text) : db::Parameter(db::Null{});
  }
  static std::string joined(const db::ResultSet& rows, std::size_t cells) {
    std::string all;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      for (std::size_t c = 0; c < cells; ++c) all += (c > 0 ? " " : i > 0 ? "," : "") + std::string(rows[i][c].bytes());
    }
    return all;
  }
  db::ResultSet run_query(std::string_view name, std::string_view text, std::span<const db::Parameter> parameters) {
    return session.run(db::render(name, text, fragments_), parameters);
  }

  const Database& database_;
  const db::Dialect& dialect_;
  std::string table_;
  std::map<std::string, std::string, std::less<>> fragments_;
};

std::string text(const db::ResultSet& rows, std::size_t row, std::size_t cell) {
  return std::string(rows[row][cell].bytes());
}

constexpr std::string_view first_at = "2026-01-03 04:05:06.789";

}  // namespace

#define FOR_EVERY_DEAD                                               \
  FOR_EVERY_DATABASE(true);                                          \
  const auto dispose = GENERATE(Dispose::delete_row, Dispose::mark); \
  Sandbox sandbox(database);                                         \
  Dead dead(sandbox, dispose);                                       \
  auto& session = sandbox.session()

TEST_CASE("an unsent row is copied among the dead letters as it is, with its fault and its times") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 3));
  CHECK(dead.copy(2, "blocked", first_at) == 1);
  const auto shown = dead.show(2);
  REQUIRE(shown.size() == 1);
  REQUIRE(shown.columns().size() == 9);
  CHECK(shown.columns()[0].name == "low");
  CHECK(text(shown, 0, 0) == "2");
  CHECK(text(shown, 0, 1) == "payload");
  CHECK(text(shown, 0, 2).starts_with("2026-01-02 03:04:05.678"));
  CHECK(text(shown, 0, 3) == "blocked");
  CHECK(text(shown, 0, 4) == "orders");
  CHECK(text(shown, 0, 5) == "too large");
  CHECK(text(shown, 0, 6) == "2");
  CHECK(text(shown, 0, 7).starts_with(first_at));
  CHECK(text(shown, 0, 8) > text(shown, 0, 7));
  CHECK(dead.outbox.unsent(session) == ids(1, 3));
}

TEST_CASE("without a first time it is now, and a topic may be none") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 1));
  CHECK(dead.copy(1, "parked", {}, {}) == 1);
  const auto shown = dead.show(1);
  CHECK(shown[0][4].is_null());
  CHECK(text(shown, 0, 7) > "2026-01-03");
  CHECK(text(shown, 0, 8) >= text(shown, 0, 7));
}

TEST_CASE("a row that is not there or was sent is not copied") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 2));
  dead.outbox.settle_list(session, Ids{2});
  CHECK(dead.copy(2, "parked") == 0);
  CHECK(dead.copy(99, "parked") == 0);
  CHECK(dead.states().empty());
}

TEST_CASE("only a row's record as blocked is brought up to date") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 2));
  dead.copy(1, "blocked", first_at);
  dead.copy(2, "parked", first_at);
  CHECK(dead.touch(1, "still too large", 7) == 1);
  CHECK(dead.touch(1, "still too large", 7) == 1);  // also when nothing changes but the time
  CHECK(dead.touch(2, "still too large", 7) == 0);
  CHECK(dead.touch(99, "still too large", 7) == 0);
  const auto letters = dead.list(0, 10);
  CHECK(text(letters, 0, 4) == "still too large");
  CHECK(text(letters, 0, 5) == "7");
  CHECK(text(letters, 0, 6).starts_with(first_at));
  CHECK(text(letters, 1, 4) == "too large");
}

TEST_CASE("a dead letter is removed or changed only in the state that is named") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 3));
  for (const auto id : ids(1, 3)) dead.copy(id, id == 1 ? "blocked" : "parked", first_at);
  CHECK(dead.remove(1, "parked") == 0);
  CHECK(dead.remove(99, "parked") == 0);
  CHECK(dead.change(1, "parked", "skipped") == 0);
  CHECK(dead.change(99, "parked", "skipped") == 0);
  CHECK(dead.states() == "1 blocked,2 parked,3 parked");
  CHECK(dead.remove(1, "blocked") == 1);
  CHECK(dead.remove(1, "blocked") == 0);
  CHECK(dead.change(3, "parked", "skipped") == 1);
  CHECK(dead.change(3, "parked", "skipped") == 0);
  CHECK(dead.states() == "2 parked,3 skipped");
}

TEST_CASE("a dead letter goes back into the outbox under its own id, as it was, and not over a row that stands there") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 3));
  dead.copy(2, "parked");
  run(session, "DELETE FROM " + dead.outbox.table());
  CHECK(dead.back(2, "skipped") == 0);
  CHECK(dead.back(99, "parked") == 0);
  CHECK(dead.back(2, "parked") == 1);
  CHECK(dead.outbox.unsent(session) == Ids{2});
  const auto row = dead.outbox.claim(session, 0, 10);
  CHECK(text(row, 0, 1) == "payload");
  CHECK(text(row, 0, 2).starts_with("2026-01-02 03:04:05.678"));
  CHECK(error_of([&] { dead.back(2, "parked"); }).failure() == db::Failure::duplicate_key);
  CHECK(dead.states() == "2 parked");  // the copy stays until it is removed
}

TEST_CASE("the next id that the database draws does not meet one that came back") {
  FOR_EVERY_DATABASE(it.name != "firebird");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  Dead dead(sandbox, Dispose::delete_row);
  for (int i = 0; i < 3; ++i) dead.outbox.draw(session);
  REQUIRE(dead.outbox.unsent(session) == ids(1, 3));
  dead.copy(2, "parked");
  run(session, "DELETE FROM " + dead.outbox.table());
  dead.back(2, "parked");
  dead.outbox.draw(session);
  CHECK(dead.outbox.unsent(session) == Ids{2, 4});
}

TEST_CASE("dead letters are listed by position with key and topic, page by page, and shown one by one") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 5));
  for (const auto id : ids(1, 5)) dead.copy(id, "parked", first_at);
  dead.copy(3, "skipped");  // the same id a second time
  CHECK(dead.states(0, 2) == "1 parked,2 parked");
  CHECK(dead.states(3, 10) == "4 parked,5 parked");
  CHECK(dead.states(5, 10).empty());
  const auto letters = dead.list(0, 10);
  REQUIRE(letters.size() == 6);
  REQUIRE(letters.columns().size() == 8);
  CHECK(text(letters, 0, 2) == "orders");
  CHECK(text(letters, 0, 3) == "payload");
  const auto both = dead.show(3);
  REQUIRE(both.size() == 2);
  CHECK(text(both, 0, 3) == "parked");  // the older first
  CHECK(text(both, 1, 3) == "skipped");
  CHECK(dead.show(99).empty());
}

TEST_CASE("a record of a blocked row is stale when its row is gone or was sent, a parked row never") {
  FOR_EVERY_DEAD;
  dead.outbox.insert(session, ids(1, 5));
  for (const auto id : ids(1, 5)) dead.copy(id, id == 5 ? "parked" : "blocked", first_at);
  CHECK(dead.stale(10).empty());
  dead.outbox.settle_list(session, Ids{2, 3, 4, 5});
  CHECK(dead.stale(10) == "2,3,4");
  CHECK(dead.stale(2) == "2,3");
}

TEST_CASE("dead letters are counted by state") {
  FOR_EVERY_DEAD;
  CHECK(dead.counts().empty());
  dead.outbox.insert(session, ids(1, 3));
  for (const auto id : ids(1, 3)) dead.copy(id, id == 1 ? "blocked" : "parked");
  const auto rows = dead.counts();
  std::map<std::string, std::string> counted;
  for (std::size_t i = 0; i < rows.size(); ++i) counted[text(rows, i, 0)] = text(rows, i, 1);
  CHECK(counted == std::map<std::string, std::string>{{"blocked", "1"}, {"parked", "2"}});
}
