// A row that somebody else has locked keeps only itself from being settled (P5).
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <string>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

constexpr int rows = 100;

/// Rows of three keys, and behind that a transaction that has locked one of them.
std::unique_ptr<db::Session> fill_and_lock(const e2e::Shop& shop, const std::string& topic) {
  auto session = shop.connect();
  session->begin();
  for (int i = 1; i <= rows; ++i) shop.insert(*session, topic, "k" + std::to_string(i % 3), std::to_string(i));
  session->commit();
  session->begin();
  session->run({"lock", "SELECT id FROM " + shop.table() + " WHERE id = 50 FOR UPDATE"}, {});
  return session;
}

}  // namespace

TEST_CASE("a locked row keeps no other from being sent and settled, is settled itself in the end, and nothing is sent twice") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // locks all or nothing
  const bool mark = GENERATE(false, true);
  if (mark && server.name == "mariadb") return;  // as MySQL does
  INFO((mark ? "mark" : "delete"));
  e2e::Shop shop(server, mark);
  const auto topic = fresh_name("locked");
  create_topic(e2e::kafka(), topic, 1);
  const auto other = fill_and_lock(shop, topic);
  e2e::Member relay(shop, {"--sweep.interval=1s"});
  const auto application = shop.connect();
  INFO(relay.process().output());
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 1; }));
  shop.insert(*application, topic, "k2", std::to_string(rows + 1));  // the same key as row 50
  REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == double{rows}; }));
  CHECK(shop.unsent() == 1);
  other->rollback();
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));
  const auto output = relay.process().output();
  INFO(output);
  const std::string said = "a settlement waits: another transaction holds a lock";
  CHECK(output.find(said) != std::string::npos);
  CHECK(output.find(said) == output.rfind(said));
  CHECK(e2e::eventually([&] { return relay.process().output().find("no settlement waits") != std::string::npos; }));
  relay.process().signal(SIGTERM);
  CHECK(relay.process().wait(15s) == 0);
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  CHECK(consumer.take_rest(30s).size() == std::size_t{rows + 1});
}

TEST_CASE("a locked row does not hold up the end") {
  ON_EVERY_SERVER();
  if (server.name != "postgres") return;
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("locked");
  create_topic(e2e::kafka(), topic, 1);
  const auto other = fill_and_lock(shop, topic);
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--shutdown.flush=60s"}));
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 1; }));
  relay.signal(SIGTERM);
  CHECK(relay.wait(30s) == 0);
  CHECK(shop.unsent() == 1);
}
