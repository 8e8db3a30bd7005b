// Connections that hang, and how the relay ends under them.
#include "db_adapters/port/url.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <csignal>
#include <list>

using namespace std::chrono_literals;

namespace {

/// A shop that the relay sees through a network that can fail.
struct RemoteShop {
  explicit RemoteShop(const e2e::Server& server)
      : shop(server, false),
        address(db::parse_url(server.url).target),
        proxy(address.host, address.port),
        topic(relay::kafka::tests::fresh_name("remote")) {
    relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  }

  [[nodiscard]] std::vector<std::string> relaying(const std::vector<std::string>& more = {}) const {
    auto words = e2e::relaying("run", shop, more);
    const auto port = ":" + std::to_string(address.port) + "/";
    for (auto& word : words) {
      if (word.starts_with("--source.url=")) word.replace(word.find(port), port.size(), ":" + std::to_string(proxy.port()) + "/");
    }
    return words;
  }

  void insert(int rows) const {
    const auto session = shop.connect();
    session->begin();
    for (int i = 0; i < rows; ++i) shop.insert(*session, topic, "k" + std::to_string(i % 7), "{}");
    session->commit();
  }

  e2e::Shop shop;
  db::Target address;
  test::TcpProxy proxy;
  std::string topic;
};

std::vector<e2e::Server> remote_servers() {
  auto all = e2e::servers();
  std::erase_if(all, [](const auto& server) { return server.name == "sqlite"; });
  return all;
}

/// One second for the flush, two for the rest (issue 4), five for a slow machine: what hangs, hangs for longer.
void check_ends_in_order(e2e::RelayProcess& relay) {
  REQUIRE(e2e::eventually([&] { return relay.heeds_signals(); }));
  relay.signal(SIGTERM);
  const auto code = relay.wait(8s);
  INFO(relay.output());
  REQUIRE(code);
  CHECK(*code == 0);
}

}  // namespace

TEST_CASE("connections that hang while nothing says so are replaced, and the rows go") {
  struct Case {
    explicit Case(const e2e::Server& server) : remote(server), relay(remote.relaying()) {}
    RemoteShop remote;
    e2e::RelayProcess relay;
  };
  std::list<Case> cases;
  for (const auto& server : remote_servers()) cases.emplace_back(server);
  for (auto& it : cases) {
    it.remote.insert(10);
    REQUIRE(e2e::eventually([&] { return it.remote.shop.unsent() == 0; }));
    it.remote.proxy.forget_connected();
    it.remote.insert(10);
  }
  for (auto& it : cases) {
    INFO(it.remote.shop.server().name);
    CHECK(e2e::eventually([&] { return it.remote.shop.unsent() == 0; }, 60s));
  }
}

TEST_CASE("SIGTERM ends the relay in time and in good order, whatever hangs") {
  const auto servers = remote_servers();
  const auto server = GENERATE_COPY(from_range(servers));
  INFO(server.name);
  RemoteShop remote(server);
  const std::vector<std::string> one_second{"--shutdown.flush=1s"};

  SECTION("nothing, and nothing is to be done") {
    e2e::RelayProcess relay(remote.relaying(one_second));
    CHECK_FALSE(relay.wait(500ms));
    check_ends_in_order(relay);
  }
  SECTION("the database, while it is connected to") {
    remote.proxy.freeze();
    e2e::RelayProcess relay(remote.relaying(one_second));
    CHECK_FALSE(relay.wait(500ms));
    check_ends_in_order(relay);
  }
  SECTION("the database, with rows under way") {
    remote.insert(3000);
    auto words = remote.relaying(one_second);
    words.emplace_back("--poll.batch-rows=20");
    e2e::RelayProcess relay(words);
    REQUIRE(e2e::eventually([&] { return remote.shop.unsent() < 3000; }));
    remote.proxy.freeze();
    CHECK_FALSE(relay.wait(300ms));
    check_ends_in_order(relay);
  }
  SECTION("the database, while it is asked for the lease") {
    REQUIRE(e2e::run(e2e::relaying("drain", remote.shop)).code == 0);  // now the lease has its row
    const auto session = remote.shop.connect();
    session->begin();
    session->run({"lock", "UPDATE outbox_relay_lease SET token = token WHERE name = '" + remote.shop.table() + "'"}, {});
    e2e::RelayProcess relay(remote.relaying(one_second));
    REQUIRE(e2e::eventually([&] { return relay.output().find("database connected") != std::string::npos; }));
    CHECK_FALSE(relay.wait(300ms));
    remote.proxy.freeze();
    check_ends_in_order(relay);
    session->rollback();
  }
  SECTION("Kafka, which does not answer, with rows of many new topics") {
    relay::kafka::MockCluster cluster;
    cluster.create_topic(remote.topic, 1);
    remote.insert(1);
    e2e::RelayProcess relay(e2e::at_kafka(remote.relaying(one_second), cluster.bootstrap_servers()));
    REQUIRE(e2e::eventually([&] { return remote.shop.unsent() == 0; }));
    cluster.delay_answers(1, 1h);
    const auto session = remote.shop.connect();
    for (int i = 0; i < 30; ++i) remote.shop.insert(*session, "new-" + std::to_string(i), "k", "{}");
    CHECK_FALSE(relay.wait(500ms));
    check_ends_in_order(relay);
    CHECK(remote.shop.unsent() == 30);
  }
  SECTION("Kafka, with rows under way") {
    relay::kafka::MockCluster cluster;
    cluster.create_topic(remote.topic, 1);
    remote.insert(100);
    e2e::RelayProcess relay(e2e::at_kafka(remote.relaying(one_second), cluster.bootstrap_servers()));
    REQUIRE(e2e::eventually([&] { return remote.shop.unsent() == 0; }));
    cluster.set_down(1);
    remote.insert(100);
    CHECK_FALSE(relay.wait(500ms));
    check_ends_in_order(relay);
    CHECK(remote.shop.unsent() == 100);
  }
}

TEST_CASE("a Kafka that is far away is found again after an outage") {
  const auto servers = remote_servers();
  RemoteShop remote(servers.front());
  relay::kafka::MockCluster cluster;
  cluster.create_topic(remote.topic, 1);
  cluster.set_down(1);
  remote.insert(1);
  e2e::RelayProcess relay(e2e::at_kafka(remote.relaying(), cluster.bootstrap_servers()));
  REQUIRE(e2e::eventually([&] { return relay.output().find("Kafka: ") != std::string::npos; }));
  cluster.delay_answers(1, 300ms);
  cluster.set_up(1);
  CHECK(e2e::eventually([&] { return remote.shop.unsent() == 0; }, 60s));
  INFO(relay.output());
}

TEST_CASE("a second SIGTERM ends the relay at once") {
  const auto servers = remote_servers();
  RemoteShop remote(servers.front());
  relay::kafka::MockCluster cluster;
  cluster.create_topic(remote.topic, 1);
  e2e::Member relay(e2e::at_kafka(remote.relaying({"--shutdown.flush=1m"}), cluster.bootstrap_servers()));
  remote.insert(1);
  REQUIRE(e2e::eventually([&] { return remote.shop.unsent() == 0; }));
  cluster.set_down(1);
  remote.insert(2);
  REQUIRE(e2e::eventually([&] { return relay.metric("in_flight_rows") == 2.0; }));
  remote.proxy.freeze();
  relay.process().signal(SIGTERM);
  CHECK_FALSE(relay.process().wait(500ms));
  REQUIRE(e2e::eventually([&] { return relay.process().has_noticed(SIGTERM); }));
  relay.process().signal(SIGTERM);
  CHECK(relay.process().wait(30s) == 128 + SIGTERM);
}
