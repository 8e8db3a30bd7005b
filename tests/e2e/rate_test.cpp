// publish.max-rate: lower bounds of time only, so that a slow machine breaks nothing.
#include "tests/e2e/books.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <sys/resource.h>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

using Clock = std::chrono::steady_clock;

/// Of all processes that were started here and have ended.
std::chrono::duration<double> processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  return std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         std::chrono::microseconds(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/// Rows of three keys, in one transaction. @return what is to be in the topic
e2e::Committed fill(const e2e::Shop& shop, const std::string& topic, int rows) {
  e2e::Committed committed;
  const auto session = shop.connect();
  session->begin();
  for (int i = 0; i < rows; ++i) {
    const auto key = "k" + std::to_string(i % 3);
    shop.insert(*session, topic, key, "{\"n\":" + std::to_string(i) + "}");
    committed[key].push_back(i);
  }
  session->commit();
  return committed;
}

}  // namespace

TEST_CASE("a backlog goes no faster than publish.max-rate, in order, and the relay sleeps in between") {
  const std::string scan = GENERATE(as<std::string>{}, "gaps", "head");
  INFO(scan);
  e2e::Shop shop({"sqlite", "sqlite:"}, false);
  const auto topic = fresh_name("rate");
  create_topic(e2e::kafka(), topic, 2);
  const auto committed = fill(shop, topic, 100);
  const auto used_before = processor_time();
  const auto begin = Clock::now();
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--publish.max-rate=50", "--outbox.scan=" + scan}));
  const std::chrono::duration<double> took = Clock::now() - begin;
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(took >= 1700ms);  // 100 rows, but for two buckets of five
  CHECK(processor_time() - used_before < took / 2);
  CHECK(shop.unsent() == 0);
  const auto audit = e2e::audit(topic, committed);
  CHECK(audit.messages == 100);
  CHECK((audit.lost.empty() && audit.invented.empty() && audit.disordered.empty()));
}

TEST_CASE("rows that are found from the head go no faster either") {
  e2e::Shop shop({"sqlite", "sqlite:"}, true);
  const auto topic = fresh_name("rate");
  create_topic(e2e::kafka(), topic, 1);
  static_cast<void>(fill(shop, topic, 100));
  REQUIRE(e2e::run(e2e::relaying("drain", shop)).code == 0);
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--publish.max-rate=50", "--sweep.interval=1h"}));
  static_cast<void>(fill(shop, topic, 1));
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));  // it has read all there is
  shop.execute("UPDATE " + shop.table() + " SET sent_at = NULL WHERE id <= 100");
  const auto begin = Clock::now();
  relay.signal(SIGUSR1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  CHECK(Clock::now() - begin >= 1700ms);
}

TEST_CASE("rows that wait do not count for the rate: who comes behind them is reached in a few claims, and goes no faster") {
  const std::string scan = GENERATE(as<std::string>{}, "gaps", "head");
  INFO(scan);
  constexpr int waiting = 1000;
  e2e::Shop shop({"sqlite", "sqlite:"}, false);
  const auto topic = fresh_name("rate");
  create_topic(e2e::kafka(), topic, 1);
  static_cast<void>(fill(shop, "no-such-topic", waiting));
  const auto committed = fill(shop, topic, 40);
  const auto begin = Clock::now();
  e2e::Member relay(shop, {"--publish.max-rate=20", "--sweep.interval=1h", "--outbox.scan=" + scan});
  REQUIRE(e2e::eventually([&] { return relay.metric("published_total{topic=\"" + topic + "\"}").value_or(0) > 0; }));
  CHECK(relay.metric("claim_seconds_count").value() * 4 < waiting);
  REQUIRE(e2e::eventually([&] { return shop.unsent() == waiting; }));
  CHECK(Clock::now() - begin >= 1700ms);  // 40 rows, but for two buckets of two
  const auto audit = e2e::audit(topic, committed);
  CHECK(audit.messages == 40);
  CHECK((audit.lost.empty() && audit.invented.empty() && audit.disordered.empty()));
}

TEST_CASE("a rate that rows wait for does not hold up the end") {
  e2e::Shop shop({"sqlite", "sqlite:"}, false);
  const auto topic = fresh_name("rate");
  create_topic(e2e::kafka(), topic, 1);
  static_cast<void>(fill(shop, topic, 100));
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--publish.max-rate=1"}));
  REQUIRE(e2e::eventually([&] { return shop.unsent() < 100; }));
  relay.signal(SIGTERM);
  CHECK(relay.wait(15s) == 0);  // paying for all would take a minute and a half
  CHECK(shop.unsent() > 80);
}
