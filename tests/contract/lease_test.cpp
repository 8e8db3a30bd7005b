#include "sql/queries.hpp"
#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <thread>

using namespace contract;
using namespace std::chrono_literals;

namespace {

struct Row {
  std::string holder;
  std::int64_t token = 0;
  std::int64_t left = 0;
};

/// The named queries of the lease, on a table of their own.
class Lease {
 public:
  explicit Lease(Sandbox& sandbox)
      : dialect_(sandbox.dialect()),
        table_(
            sandbox.table("name varchar(60) NOT NULL PRIMARY KEY, holder varchar(60) NOT NULL, token bigint NOT NULL, expires_at " +
                              sandbox.database().time_type + " NOT NULL",
                          "lease")) {}

  /// @return whether it is the holder's now
  [[nodiscard]] bool take(db::Session& session, std::string_view holder, std::chrono::milliseconds ttl = 1min) const {
    const std::array<db::Parameter, 4> parameters{holder, std::int64_t{ttl.count()}, name, holder};
    return session.run(query("lease_take", dialect_.queries->lease_take), parameters).affected() == 1;
  }
  void first(db::Session& session, std::string_view holder, std::chrono::milliseconds ttl = 1min) const {
    const std::array<db::Parameter, 3> parameters{name, holder, std::int64_t{ttl.count()}};
    session.run(query("lease_first", dialect_.queries->lease_first), parameters);
  }
  void release(db::Session& session, std::string_view holder, std::int64_t token) const {
    const std::array<db::Parameter, 3> parameters{name, holder, token};
    session.run(query("lease_release", dialect_.queries->lease_release), parameters);
  }
  [[nodiscard]] std::optional<Row> read(db::Session& session) const {
    const std::array<db::Parameter, 1> parameters{name};
    const auto rows = session.run(query("lease_read", dialect_.queries->lease_read), parameters);
    if (rows.empty()) return std::nullopt;
    return Row{std::string(rows[0][0].bytes()), std::stoll(std::string(rows[0][1].bytes())),
               std::stoll(std::string(rows[0][2].bytes()))};
  }
  void await_expiry(db::Session& session) const {
    for (int tries = 0; read(session).value().left > 0 && tries < 3000; ++tries) std::this_thread::sleep_for(10ms);
    REQUIRE(read(session).value().left <= 0);
  }

 private:
  [[nodiscard]] db::Statement query(std::string_view query_name, std::string_view text) const {
    return db::render(query_name, text, {{"lease", table_}});
  }

  static constexpr std::string_view name = "it's a \"lease\"";
  const db::Dialect& dialect_;
  std::string table_;
};

}  // namespace

TEST_CASE("a lease that nobody ever had is made once: who comes second meets a duplicate key") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  const auto other = sandbox.connect();
  CHECK_FALSE(lease.read(*other));
  CHECK_FALSE(lease.take(*other, "b"));
  lease.first(sandbox.session(), "a");
  CHECK(error_of([&] { lease.first(*other, "b"); }).failure() == db::Failure::duplicate_key);
  const auto row = lease.read(*other).value();
  CHECK(row.holder == "a");
  CHECK(row.token == 1);
  CHECK(row.left > 50'000);
  CHECK(row.left <= 61'000);  // ODBC counts whole seconds
}

TEST_CASE("a holder renews its lease and keeps its token; nobody else gets it meanwhile") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  const auto other = sandbox.connect();
  lease.first(sandbox.session(), "a", 30s);
  CHECK_FALSE(lease.take(*other, "b"));
  CHECK(lease.take(sandbox.session(), "a", 5min));
  CHECK_FALSE(lease.take(*other, "b"));
  const auto row = lease.read(*other).value();
  CHECK(row.holder == "a");
  CHECK(row.token == 1);
  CHECK(row.left > 200'000);
}

TEST_CASE("a lease expires by the database's clock; then anybody takes it, and its token grows") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  const auto other = sandbox.connect();
  lease.first(sandbox.session(), "a");
  CHECK_FALSE(lease.take(*other, "b"));
  CHECK(lease.take(sandbox.session(), "a", 1s));
  lease.await_expiry(*other);
  CHECK(lease.take(*other, "b"));
  CHECK(lease.read(sandbox.session()).value().holder == "b");
  CHECK(lease.read(sandbox.session()).value().token == 2);
  CHECK_FALSE(lease.take(sandbox.session(), "a"));
  CHECK(lease.take(*other, "b", 1s));
  lease.await_expiry(*other);
  CHECK(lease.take(*other, "b"));  // its own, but somebody could have had it meanwhile
  CHECK(lease.read(sandbox.session()).value().token == 3);
}

TEST_CASE("a lease that is given back can be had at once; who lost it long ago gives nothing back") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  const auto other = sandbox.connect();
  lease.first(sandbox.session(), "a");
  lease.release(*other, "b", 1);
  lease.release(*other, "a", 0);
  CHECK_FALSE(lease.take(*other, "b"));
  lease.release(sandbox.session(), "a", 1);
  CHECK(lease.read(*other).value().left <= 0);
  CHECK(lease.take(*other, "b"));
  CHECK(lease.read(*other).value().token == 2);
  lease.release(sandbox.session(), "a", 1);
  CHECK(lease.read(*other).value().left > 0);
}

TEST_CASE("of many that want an expired lease at the same moment exactly one gets it") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  lease.first(sandbox.session(), "nobody");
  lease.release(sandbox.session(), "nobody", 1);
  constexpr int rivals = 4;
  std::vector<Sessions> sessions;
  for (int i = 0; i < rivals; ++i) sessions.push_back(sandbox.connect());
  for (std::int64_t round = 1; round <= 10; ++round) {
    std::atomic<int> ready = 0;
    std::atomic<int> winners = 0;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < rivals; ++i) {
        threads.emplace_back([&, i] {
          const auto self = "rival " + std::to_string(i);
          ++ready;
          while (ready < rivals) std::this_thread::yield();
          for (bool asked = false; !asked;) {
            try {
              if (lease.take(*sessions[static_cast<std::size_t>(i)], self)) ++winners;
              asked = true;
            } catch (const db::DbError& error) {  // SQLite and Firebird: somebody else writes just now
              asked = error.failure() != db::Failure::lock_timeout && error.failure() != db::Failure::deadlock;
            }
          }
        });
      }
    }
    CHECK(winners == 1);
    const auto row = lease.read(sandbox.session()).value();
    CHECK(row.token == round + 1);
    lease.release(sandbox.session(), row.holder, row.token);
  }
}

TEST_CASE("a server that takes no writes says so when it is asked for the lease") {
  FOR_EVERY_DATABASE(!it.refuse_writes.empty());
  Sandbox sandbox(database);
  const Lease lease(sandbox);
  lease.first(sandbox.session(), "a");
  const auto reader = sandbox.connect();
  run(*reader, database.refuse_writes);
  CHECK(error_of([&] { (void)lease.take(*reader, "a"); }).failure() == db::Failure::read_only);
}
