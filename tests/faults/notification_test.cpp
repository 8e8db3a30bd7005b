#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace std::chrono_literals;
namespace core = relay::core;

namespace {

/// The claim of an empty table has seen nothing; then a row is committed, whose notification comes with the reply to the next one.
/// @param committed  set when that is so
faults::Interference committing_behind_claim(const e2e::Shop& shop, std::atomic<bool>& committed) {
  faults::Interference late;
  late.running = [&shop, &committed](std::string_view name, const std::function<db::ResultSet()>& proceed) {
    auto rows = proceed();
    thread_local int looks = 0;  // the first one is at the columns only
    if (name != "claim_forward" || ++looks != 2) return rows;
    const auto session = shop.connect();
    shop.insert(*session, "orders", "k", "{}");
    committed = true;
    session->run({"notify", "SELECT pg_notify('" + shop.table() + "', '')"}, {});
    std::this_thread::sleep_for(100ms);
    static_cast<void>(proceed());
    return rows;
  };
  return late;
}

}  // namespace

TEST_CASE("a notification that comes with the reply to a claim that has not seen its row wakes the relay all the same") {
  const auto servers = e2e::servers();
  const auto postgres = std::ranges::find(servers, std::string("postgres"), &e2e::Server::name);
  if (postgres == servers.end()) SKIP("PostgreSQL is not there");
  relay::kafka::MockCluster cluster;
  cluster.create_topic("orders", 1);
  e2e::Shop shop(*postgres, false);
  auto database = faults::database_of(shop);
  std::atomic<bool> committed = false;
  database.driver = faults::forwarding_driver(database.driver, committing_behind_claim(shop, committed));
  auto settings = faults::settings_for(shop);
  settings.wake_channel = shop.table();
  settings.claims.poll_interval = settings.claims.min_interval = settings.claims.sweep_interval = 1h;
  faults::Listener listener;
  core::Doorbell doorbell;
  core::Relay relay(
      settings, database,
      [&](bool /*probing*/) {
        return relay::kafka::make_producer({{"bootstrap.servers", cluster.bootstrap_servers()}});
      },
      listener, doorbell);
  const std::jthread running([&](const std::stop_token& stop) { static_cast<void>(relay.run(stop)); });
  REQUIRE(e2e::eventually([&] { return committed.load(); }));
  const bool sent = e2e::eventually([&] { return shop.rows() == 0; });
  INFO(listener.text());
  CHECK(sent);
}
