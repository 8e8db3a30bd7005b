#include "relay/core/lease_table.hpp"
#include "relay/core/table_relay.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/counter.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <atomic>
#include <future>

using namespace std::chrono_literals;
namespace core = relay::core;

namespace {

/// A database that lets nobody in, or lets nobody read its tables, while it is told to.
struct Rights {
  std::atomic<bool> nobody_in = false;
  std::atomic<bool> no_tables = false;

  [[nodiscard]] faults::Interference heeded() {
    faults::Interference heeding;
    heeding.connecting = [this] {
      if (nobody_in) throw db::DbError(db::Failure::credentials, "", "the password is an old one");
    };
    heeding.running = [this](std::string_view name, const std::function<db::ResultSet()>& proceed) {
      if (nobody_in) throw db::DbError(db::Failure::connection_lost, "", "an administrator ended the session");
      if (no_tables && name.starts_with("table_")) throw db::DbError(db::Failure::privilege, "", "the grant is gone");
      return proceed();
    };
    return heeding;
  }
};

}  // namespace

TEST_CASE("a relay of polled tables that stands by waits for its rights like one that leads, and takes over with them") {
  e2e::PolledTable table(e2e::servers().front());
  const auto session = table.connect();
  auto database = faults::database_of(table.shop());
  const auto lease = core::open_lease(*session, database.driver->dialect(*session), table.name(), table.name());
  REQUIRE(lease.ask(*session, "somebody", 1h));

  Rights rights;
  database.driver = faults::forwarding_driver(database.driver, rights.heeded());
  faults::Listener listener;
  core::Doorbell doorbell;
  std::atomic<int> sent{0};
  core::TableRelay relay(
      faults::settings_for(table), database, [&](bool /*probing*/) { return std::make_unique<faults::Counter>(sent); }, listener,
      doorbell);
  std::stop_source stop;
  auto running = std::async(std::launch::async, [&] { return relay.run(stop.get_token()); });
  const auto heard = [&](std::string_view words) {
    return e2e::eventually([&] { return listener.text().find(words) != std::string::npos; });
  };
  REQUIRE(heard("stands by: somebody holds the lease"));
  REQUIRE(heard("database connected"));

  rights.nobody_in = true;
  CHECK(heard("the password is an old one"));
  rights.no_tables = true;
  rights.nobody_in = false;
  lease.release(*session, "somebody", 1);
  CHECK(heard("the grant is gone"));
  CHECK(running.wait_for(1s) == std::future_status::timeout);
  rights.no_tables = false;
  table.put(1, "row");
  CHECK(e2e::eventually([&] { return sent == 1; }));
  INFO(listener.text());
  stop.request_stop();
  CHECK(running.get().how == core::Ending::How::stopped);
}
