#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
namespace core = relay::core;
namespace kafka = relay::kafka;

namespace {

constexpr int held_rows = 6;
const std::string topic = "orders";

/// Commits between the first and the second page of a sweep: the forward claim has read row 2 once, and the sweep reads it again.
struct BetweenPages {
  db::Session& late;
  int times_read = 0;
  bool committed = false;

  db::ResultSet run(std::string_view name, const std::function<db::ResultSet()>& proceed) {
    if (name != "claim_forward") return proceed();
    if (times_read == 2 && !std::exchange(committed, true)) late.commit();
    auto rows = proceed();
    if (!rows.empty() && rows[0][0].bytes() == "2") ++times_read;
    return rows;
  }
};

}  // namespace

TEST_CASE("in strict order a row that commits while a sweep goes on lets nobody overtake who waited for it") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // one writer
  kafka::MockCluster cluster;
  cluster.create_topic(topic, 1);
  e2e::Shop shop(server, false);
  const auto late = shop.connect();
  late->begin();
  shop.insert(*late, topic, "k", "1");
  const auto session = shop.connect();
  for (int row = 2; row < 2 + held_rows; ++row) shop.insert(*session, topic, "k", std::to_string(row));

  BetweenPages between{.late = *late};
  faults::Interference interference;
  interference.running = [&](auto name, const auto& proceed) { return between.run(name, proceed); };
  auto database = faults::database_of(shop);
  database.driver = faults::forwarding_driver(database.driver, interference);
  auto settings = faults::settings_for(shop);
  settings.order = core::Order::strict;
  settings.claims.batch_rows = 2;
  settings.claims.sweep_interval = 300ms;
  faults::Listener listener;
  core::Doorbell doorbell;
  const kafka::Settings at_cluster{{"bootstrap.servers", cluster.bootstrap_servers()}};
  core::Relay relay(
      settings, database, [&](bool /*probing*/) { return kafka::make_producer(at_cluster); }, listener, doorbell);
  {
    const std::jthread running([&](const std::stop_token& stop) { static_cast<void>(relay.run(stop)); });
    CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  }
  INFO(listener.text());
  REQUIRE(between.committed);

  std::vector<std::string> values;
  std::vector<std::string> in_order;
  kafka::Consumer consumer(at_cluster, {topic});
  for (int row = 1; row < 2 + held_rows; ++row) {
    in_order.push_back(std::to_string(row));
    const auto message = consumer.next(30s);
    values.push_back(message ? message->value.value_or("") : "none");
  }
  CHECK(values == in_order);
}
