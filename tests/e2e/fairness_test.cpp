// Those who wait behind a fault cost the others nothing: counted in rows that are read, not in time.
#include "relay/kafka/consumer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

constexpr int waiting = 1200;
constexpr int keys = 20;
constexpr int rounds = 20;
constexpr int rows_a_round = 10;

/// An outbox that begins with rows that wait: many of a topic that does not exist, and keys whose rows are too large.
struct Crowd {
  Crowd(const e2e::Server& server, bool mark) : shop(server, mark) {
    create_topic(e2e::kafka(), topic, 1);
    const auto session = shop.connect();
    session->begin();
    for (int i = 0; i < waiting; ++i) shop.insert(*session, "no-such-topic", "k" + std::to_string(i % 7), "{}");
    for (int i = 0; i < keys; ++i) shop.insert(*session, topic, "large-" + std::to_string(i), std::string(3000, 'x'));
    session->commit();
  }

  /// Behind all that wait, in one transaction.
  void insert_free(int rows) const {
    const auto session = shop.connect();
    session->begin();
    for (int i = 0; i < rows; ++i) shop.insert(*session, topic, "free", "{}");
    session->commit();
  }

  [[nodiscard]] bool published(const e2e::Member& relay, int rows) const {
    return relay.metric("published_total{topic=\"" + topic + "\"}") == double(rows);
  }

  e2e::Shop shop;
  std::string topic = fresh_name("fair");
};

std::vector<std::string> options(const std::string& scan) {
  return {"--outbox.scan=" + scan, "--poll.batch-rows=100", "--sweep.interval=1h", "--kafka.message.max.bytes=2000"};
}

bool waits(const e2e::Member& relay) {
  return relay.metric("blocked_topics") == 1.0 && relay.metric("blocked_keys") == double{keys};
}

}  // namespace

TEST_CASE("rows that wait are read once, however many claims follow") {
  ON_EVERY_SERVER();
  const std::string scan = GENERATE("gaps", "head");
  INFO("scan: " << scan);
  Crowd crowd(server, false);
  e2e::Member relay(crowd.shop, options(scan));
  REQUIRE(e2e::eventually([&] { return waits(relay); }));
  REQUIRE(e2e::eventually([&] { return relay.metric("claimed_total") >= double{waiting + keys}; }));
  const auto before = relay.metric("claimed_total").value();
  for (int round = 1; round <= rounds; ++round) {
    crowd.insert_free(rows_a_round);
    REQUIRE(e2e::eventually([&] { return crowd.published(relay, round * rows_a_round); }));
  }
  INFO(relay.process().output());
  CHECK(relay.metric("claimed_total").value() - before < rounds * rows_a_round + waiting);  // the rest are probes
  CHECK(e2e::eventually([&] { return crowd.shop.unsent() == waiting + keys; }));
}

TEST_CASE("a sweep gets past any number of rows that wait") {
  ON_EVERY_SERVER();
  const std::string scan = GENERATE("gaps", "head");
  INFO("scan: " << scan);
  Crowd crowd(server, true);
  crowd.insert_free(1);
  auto& shop = crowd.shop;
  e2e::Member relay(shop, options(scan));
  REQUIRE(e2e::eventually([&] { return waits(relay) && crowd.published(relay, 1) && shop.unsent() == waiting + keys; }));
  shop.execute("UPDATE " + shop.table() + " SET sent_at = NULL WHERE sent_at IS NOT NULL");  // as `replay` does
  relay.process().signal(SIGUSR1);
  INFO(relay.process().output());
  CHECK(e2e::eventually([&] { return crowd.published(relay, 2); }));
}

TEST_CASE("a drain ends when only rows that wait are left, however many") {
  ON_EVERY_SERVER();
  const std::string scan = GENERATE("gaps", "head");
  INFO("scan: " << scan);
  Crowd crowd(server, false);
  crowd.insert_free(1);
  const auto ran = e2e::run(e2e::relaying("drain", crowd.shop, options(scan)));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(crowd.shop.unsent() == waiting + keys);
}

TEST_CASE("a partition without leader stops no other topic, however many rows wait for it, and they go when it has one") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("stuck", 1);
  cluster.create_topic("free", 1);
  cluster.take_leader("stuck", 0);
  e2e::Shop shop(e2e::servers().front(), false);
  const auto session = shop.connect();
  session->begin();
  for (int i = 0; i < waiting; ++i) shop.insert(*session, "stuck", "k" + std::to_string(i % 7), std::to_string(i));
  for (int i = 0; i < rows_a_round; ++i) shop.insert(*session, "free", "k", "{}");
  session->commit();
  const auto words = [&](const std::string& command) {
    return e2e::at_kafka(e2e::relaying(command, shop, {"--poll.batch-rows=100"}), cluster.bootstrap_servers());
  };

  const auto drained = e2e::run(words("drain"));
  INFO(drained.output);
  CHECK(drained.code == 75);
  CHECK(drained.output.find("topic \"stuck\" waits: ") != std::string::npos);
  CHECK(drained.output.find("a leader") != std::string::npos);
  CHECK(shop.unsent() == waiting);

  e2e::RelayProcess relay(words("run"));
  REQUIRE(e2e::eventually([&] { return relay.output().find("topic \"stuck\" waits: ") != std::string::npos; }));
  cluster.give_leader("stuck", 0, 1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  relay::kafka::Consumer consumer({{"bootstrap.servers", cluster.bootstrap_servers()}}, {"stuck"});
  std::map<std::string, int> last;
  std::set<int> seen;
  std::vector<int> disordered;
  for (const auto& message : consumer.take_rest(30s)) {
    const auto row = std::stoi(message.value.value());
    if (!seen.insert(row).second) continue;
    auto& former = last.try_emplace(message.key.value(), -1).first->second;
    if (former > row) disordered.push_back(row);
    former = row;
  }
  CHECK(disordered.empty());
  CHECK(seen.size() == waiting);
}

TEST_CASE("a drain of so many rows sends that many, past any number that wait") {
  ON_EVERY_SERVER();
  const std::string scan = GENERATE("gaps", "head");
  INFO("scan: " << scan);
  Crowd crowd(server, false);
  crowd.insert_free(50);
  auto words = options(scan);
  words.emplace_back("--max-rows=30");
  const auto ran = e2e::run(e2e::relaying("drain", crowd.shop, words));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(crowd.shop.unsent() == waiting + keys + 20);
}

TEST_CASE("a drain of so many rows ends with 75 only where more are left, also in strict order") {
  ON_EVERY_SERVER();
  const std::string order = GENERATE("relaxed", "strict");
  INFO("order: " << order);
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("counted");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  for (int i = 0; i < 10; ++i) shop.insert(*session, topic, "k", "{}");
  for (const auto& [most, code, left] : {std::tuple{3, 75, 7}, std::tuple{7, 0, 0}, std::tuple{7, 0, 0}}) {
    const auto ran = e2e::run(e2e::relaying("drain", shop, {"--max-rows=" + std::to_string(most), "--outbox.order=" + order}));
    INFO(ran.output);
    CHECK(ran.code == code);
    CHECK(shop.unsent() == static_cast<std::uint64_t>(left));
  }
}
