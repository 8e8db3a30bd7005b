#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <stop_token>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

using namespace contract;
using db::Failure, db::Parameter;
using namespace std::chrono_literals;

namespace {

/// The session goes on as if nothing had been.
void check_usable(db::Session& session, const Database& database) {
  CHECK(session.usable());
  CHECK(run(session, "SELECT 1" + database.from_nothing).size() == 1);
}

void check_one_line(const db::DbError& error) {
  const std::string what = error.what();
  CAPTURE(what);
  CHECK_FALSE(what.empty());
  CHECK(what.find('\n') == std::string::npos);
}

/// Cancels again and again until the statement has ended: a request may come before the statement has begun.
class Canceller {
 public:
  explicit Canceller(db::Session& session)
      : thread_([&session](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            session.cancel();
            std::this_thread::sleep_for(5ms);
          }
        }) {}

 private:
  std::jthread thread_;
};

/// On a thread that has given up the rights of root, should the tests have them. Asked directly, the kernel takes them from this
/// thread alone.
void as_nobody(const std::function<void()>& call) {
  constexpr long nobody = 65534;
  const std::jthread thread([&] {
    if (::getuid() == 0) ::syscall(SYS_setresuid, nobody, nobody, nobody);
    call();
  });
}

}  // namespace

TEST_CASE("a missing table or column is a missing object, named in one line") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  for (const auto& sql : {"SELECT n FROM no_such_table", "DELETE FROM no_such_table"}) {
    const auto error = error_of([&] { run(sandbox.session(), sql); });
    check_one_line(error);
    CHECK(error.failure() == Failure::missing_object);
    CHECK(std::string(error.what()).find("test: ") == 0);
    CHECK_FALSE(error.in_doubt());
    CHECK_FALSE(error.connection_lost());
    check_usable(sandbox.session(), database);
  }
  const auto error = error_of([&] { run(sandbox.session(), "SELECT no_such_column FROM " + table); });
  CHECK(error.failure() == Failure::missing_object);
  CHECK(std::string(error.what()).find(database.names_in_capitals ? "NO_SUCH_COLUMN" : "no_such_column") != std::string::npos);
}

TEST_CASE("a statement that the server does not understand needs somebody") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  const auto error = error_of([&] { run(sandbox.session(), "SELECT n FROM " + table + " WHERE n IS IS 1"); });
  check_one_line(error);
  CHECK(error.failure() == Failure::bad_statement);
  CHECK(error.needs_operator());
  check_usable(sandbox.session(), database);
}

TEST_CASE("a duplicate key is one") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer NOT NULL PRIMARY KEY");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)");
  const auto error = error_of([&] { run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)"); });
  check_one_line(error);
  CHECK(error.failure() == Failure::duplicate_key);
  check_usable(sandbox.session(), database);
}

TEST_CASE("a value that its column does not take is a bad value") {
  FOR_EVERY_DATABASE(it.name != "sqlite" && it.name != "odbc");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer NOT NULL");
  for (const auto* literal : {"'seven'", "99999999999", "NULL"}) {
    CAPTURE(literal);
    const auto error = error_of([&] { run(sandbox.session(), "INSERT INTO " + table + " VALUES (" + literal + ")"); });
    CHECK(error.failure() == Failure::bad_value);
    CHECK_FALSE(error.transient());
  }
  check_usable(sandbox.session(), database);
}

TEST_CASE("a wrong password needs somebody, and is not in the error's text") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  const bool postgres = database.name == "postgres";
  run(sandbox.session(),
      postgres ? "CREATE ROLE contract_login LOGIN PASSWORD 'right'" : "CREATE USER contract_login IDENTIFIED BY 'right'");
  auto target = sandbox.target();
  target.user = "contract_login";
  target.password = "wrong-secret";
  const auto error = error_of([&] { (void)sandbox.connect(target); });
  run(sandbox.session(), postgres ? "DROP ROLE contract_login" : "DROP USER contract_login");
  check_one_line(error);
  CHECK(error.failure() == Failure::credentials);
  CHECK(error.needs_operator());
  CHECK(std::string(error.what()).find("wrong-secret") == std::string::npos);
  CHECK(std::string(error.what()).find("contract_login") != std::string::npos);
}

TEST_CASE("a database that does not exist needs somebody") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  auto target = sandbox.target();
  target.database = "no_such_database";
  const auto error = error_of([&] { (void)sandbox.connect(target); });
  check_one_line(error);
  CHECK(error.failure() == Failure::missing_object);
}

TEST_CASE("a role without the privilege is told so") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  const bool postgres = database.name == "postgres";
  const auto table = sandbox.table("n integer");
  auto target = sandbox.target();
  target.user = "contract_reader";
  target.password = "pass";
  run(sandbox.session(),
      postgres ? "CREATE ROLE contract_reader LOGIN PASSWORD 'pass'" : "CREATE USER contract_reader IDENTIFIED BY 'pass'");
  run(sandbox.session(), "GRANT SELECT ON " + table + " TO contract_reader");
  {
    const auto reader = sandbox.connect(target);
    CHECK(run(*reader, "SELECT n FROM " + table).empty());
    const auto error = error_of([&] { run(*reader, "DELETE FROM " + table); });
    check_one_line(error);
    CHECK(error.failure() == Failure::privilege);
    CHECK(error.needs_operator());
    check_usable(*reader, database);
  }
  run(sandbox.session(), "REVOKE SELECT ON " + table + " FROM contract_reader");
  run(sandbox.session(), postgres ? "DROP ROLE contract_reader" : "DROP USER contract_reader");
}

TEST_CASE("a SQLite file that may not be written, or lies where no journal may be, is a matter of rights, not an outage") {
  FOR_EVERY_DATABASE(it.name == "sqlite");
  Sandbox sandbox(database);
  const auto folder = std::filesystem::path(sandbox.target().database + ".folder");
  const auto file = folder / "shop.db";
  std::filesystem::create_directory(folder);
  std::ofstream(file).close();
  const auto locked = GENERATE(true, false) ? file : folder;
  CAPTURE(locked);
  using std::filesystem::perms;
  constexpr auto writing = perms::owner_write | perms::group_write | perms::others_write;
  std::filesystem::permissions(folder, perms::all);
  std::filesystem::permissions(file, perms::owner_read | perms::group_read | perms::others_read | writing);
  std::filesystem::permissions(locked, writing, std::filesystem::perm_options::remove);
  auto target = sandbox.target();
  target.database = file;
  std::optional<db::DbError> error;
  as_nobody([&] {
    try {
      (void)sandbox.connect(target);
    } catch (const db::DbError& refused) {
      error = refused;
    }
  });
  std::filesystem::permissions(folder, perms::all);
  std::filesystem::remove_all(folder);
  REQUIRE(error);
  CHECK(error->failure() == Failure::privilege);
  CHECK(std::string(error->what()).find(locked.string() + " may not be written") != std::string::npos);
}

TEST_CASE("a write that a read-only session refuses is told apart") {
  FOR_EVERY_DATABASE(!it.refuse_writes.empty());
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  const auto session = sandbox.connect();
  run(*session, database.refuse_writes);
  const auto error = error_of([&] { run(*session, "INSERT INTO " + table + " VALUES (1)"); });
  CHECK(error.failure() == Failure::read_only);
  CHECK(error.transient());
  CHECK_FALSE(error.in_doubt());
  check_usable(*session, database);
}

TEST_CASE("of two transactions that wait for each other one is told of a deadlock, and can begin again") {
  FOR_EVERY_DATABASE(!it.kill.empty());
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer NOT NULL PRIMARY KEY, v integer");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1, 0), (2, 0)");
  auto target = sandbox.target();
  target.lock_timeout = 20s;
  const auto one = sandbox.connect(target);
  const auto two = sandbox.connect(target);
  one->begin();
  two->begin();
  run(*one, "UPDATE " + table + " SET v = 1 WHERE n = 1");
  run(*two, "UPDATE " + table + " SET v = 2 WHERE n = 2");
  std::vector<Failure> failures;
  const auto cross = [&](db::Session& session, const char* row) -> std::optional<Failure> {
    try {
      run(session, "UPDATE " + table + " SET v = 3 WHERE n = " + row);
    } catch (const db::DbError& error) {
      return error.failure();
    }
    return std::nullopt;
  };
  std::optional<Failure> first;
  std::jthread other([&] {
    first = cross(*one, "2");
    one->rollback();
  });
  const auto second = cross(*two, "1");
  two->rollback();
  other.join();
  CHECK(first.has_value() != second.has_value());
  CHECK(first.value_or(Failure::deadlock) == Failure::deadlock);
  CHECK(second.value_or(Failure::deadlock) == Failure::deadlock);
  check_usable(*one, database);
  check_usable(*two, database);
}

TEST_CASE("a statement that waits for another transaction's lock is given up after the lock time-out") {
  FOR_EVERY_DATABASE(it.name != "odbc");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer NOT NULL PRIMARY KEY, v integer");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1, 0)");
  const auto holder = sandbox.connect();
  holder->begin();
  run(*holder, "UPDATE " + table + " SET v = 1 WHERE n = 1");
  const auto waiting = sandbox.connect();
  const auto error = error_of([&] { run(*waiting, "UPDATE " + table + " SET v = 2 WHERE n = 1"); });
  CHECK(error.failure() == Failure::lock_timeout);
  CHECK(error.transient());
  CHECK_FALSE(error.in_doubt());
  check_usable(*waiting, database);
  holder->rollback();
  CHECK(run(*waiting, "UPDATE " + table + " SET v = 2 WHERE n = 1").affected() == 1);
}

TEST_CASE("a statement that takes too long is ended") {
  FOR_EVERY_DATABASE(!it.slow.empty() && it.name != "firebird");
  Sandbox sandbox(database);
  auto target = sandbox.target();
  target.statement_timeout = 2s;
  const auto session = sandbox.connect(target);
  const auto error = error_of([&] { run(*session, database.slow); });
  CHECK((error.failure() == Failure::statement_timeout || error.failure() == Failure::connection_lost));
  CHECK(error.transient());
  CHECK_FALSE(error.in_doubt());
  CHECK(session->usable() != error.connection_lost());
}

TEST_CASE("another thread can cancel a statement, and finds nothing to cancel between two") {
  FOR_EVERY_DATABASE(!it.slow.empty() && it.name != "firebird");  // its server loses a cancel now and then, and all that follow
  Sandbox sandbox(database);
  const auto session = sandbox.connect();
  for (int i = 0; i < 20; ++i) session->cancel();
  check_usable(*session, database);
  const auto error = [&] {
    const Canceller canceller(*session);
    return error_of([&] { run(*session, database.slow); });
  }();
  CHECK(error.failure() == Failure::statement_timeout);
  CHECK_FALSE(error.in_doubt());
}

TEST_CASE("a proxy that has no server behind it is an outage, and what it was told to change is in doubt") {
  FOR_EVERY_DATABASE(it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  for (const auto* code : {"9001", "9501"}) {  // ProxySQL's and RDS Proxy's time-outs
    const auto session = sandbox.connect();
    const auto error = error_of([&] { run(*session, "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = " + std::string(code)); });
    CHECK(error.failure() == Failure::unreachable);
    CHECK(error.code() == code);
    CHECK(error.in_doubt());
    CHECK_FALSE(session->usable());
  }
}

TEST_CASE("a statement that the server does not understand needs somebody, an error that nobody knows does not") {
  FOR_EVERY_DATABASE(it.name == "postgres" || it.name == "mysql" || it.name == "mariadb" || it.name == "sqlite");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  for (const auto* sql : {"SELECT FROM WHERE", "SELECT no_such_function()"}) {
    const auto misunderstood = error_of([&] { run(session, sql); });
    CAPTURE(misunderstood.what());
    CHECK(misunderstood.needs_operator());
  }
  check_usable(session, database);
  if (database.name == "sqlite") return;
  const auto unknown = error_of([&] {
    run(session, database.name == "postgres" ? "DO $$ BEGIN RAISE 'unknown' USING ERRCODE = 'XX000'; END $$"
                                             : "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1030");
  });
  CHECK(unknown.failure() == Failure::other);
  CHECK_FALSE(unknown.needs_operator());
  check_usable(session, database);
}

TEST_CASE("a result over the byte limit is given up on its way") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("t " + database.text_type);
  const std::string text(1'000'000, 'x');
  const std::array<Parameter, 1> parameter{std::string_view(text)};
  for (int i = 0; i < 12; ++i) run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?)", parameter);
  const db::Statement everything{"test", "SELECT t FROM " + table};
  for (const std::size_t limit : {std::size_t{1000}, std::size_t{1'500'000}, std::size_t{11'999'999}}) {
    CAPTURE(limit);
    const auto session = sandbox.connect();
    const auto error = error_of([&] { session->run(everything, {}, limit); });
    check_one_line(error);
    CHECK(error.failure() == Failure::too_large);
    CHECK_FALSE(error.connection_lost());
    if (database.outlives_large_results || session->usable()) check_usable(*session, database);
  }
  CHECK(sandbox.session().run(everything, {}, 13'000'000).size() == 12);
}
