#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <sys/resource.h>

using namespace std::chrono_literals;

namespace {

/// Of all processes that were started and have ended.
double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

TEST_CASE("a relay that waits for Kafka at its end leaves the processor alone") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("orders", 1);
  e2e::Shop shop(e2e::servers().front(), false);
  const auto session = shop.connect();
  const auto words = e2e::at_kafka(e2e::relaying("run", shop, {"--shutdown.flush=4s"}), cluster.bootstrap_servers());
  const auto before = processor_seconds();
  e2e::RelayProcess relay(words);
  shop.insert(*session, "orders", "k", "{}");
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));
  const std::chrono::duration<double> until_it_waits = relay.processor_time();
  cluster.set_down(1);
  shop.insert(*session, "orders", "k", "{}");
  CHECK_FALSE(relay.wait(1500ms));  // the row is claimed, and cannot be sent
  relay.signal(SIGTERM);
  CHECK(relay.wait(15s) == 0);
  CHECK(shop.unsent() == 1);
  CHECK(processor_seconds() - before - until_it_waits.count() < 1);
}

TEST_CASE("drain ends with 75 when the database is down, and run waits") {
  const std::string nobody = "127.0.0.1:1";
  for (const std::string scheme : {"postgresql", "mysql"}) {
    INFO(scheme);
    const std::vector<std::string> words{"--source.url=" + scheme + "://user@" + nobody + "/db",
                                         "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="};
    auto drain = words;
    drain.insert(drain.begin(), "drain");
    const auto ran = e2e::run(drain);
    INFO(ran.output);
    CHECK(ran.code == 75);
    const auto last = last_line(ran.output);
    CHECK(last.find("error") != std::string::npos);
    CHECK(last.find(nobody.substr(0, 9)) != std::string::npos);
    CHECK(last.find("(source.url from command line)") != std::string::npos);

    auto run = words;
    run.insert(run.begin(), "run");
    e2e::RelayProcess relay(run);
    CHECK_FALSE(relay.wait(2s));
    REQUIRE(e2e::eventually([&] { return relay.heeds_signals(); }));
    relay.signal(SIGTERM);
    CHECK(relay.wait(10s) == 0);
  }
}

TEST_CASE("drain ends with 75 when no broker is there, names them, and blames no topic") {
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  shop.insert(*shop.connect(), "orders", "k", "{}");
  const auto ran = e2e::run(e2e::at_kafka(e2e::relaying("drain", shop), "127.0.0.1:1"));
  INFO(ran.output);
  CHECK(ran.code == 75);
  const auto last = last_line(ran.output);
  for (const auto* part : {" error ", "Kafka: ", "127.0.0.1:1", "are they up", "kafka.bootstrap.servers"}) {
    INFO(part);
    CHECK(last.find(part) != std::string::npos);
  }
  CHECK(last.find("orders") == std::string::npos);
  CHECK(shop.unsent() == 1);
}

TEST_CASE("drain ends with 75 when brokers answer and acknowledge nothing") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("orders", 1);
  cluster.take_leader("orders", 0);
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  shop.insert(*shop.connect(), "orders", "k", "{}");
  const auto ran = e2e::run(e2e::at_kafka(e2e::relaying("drain", shop, {"--shutdown.flush=1s"}), cluster.bootstrap_servers()));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(ran.output.find("topic \"orders\": a row of it is not acknowledged") != std::string::npos);
  CHECK(shop.unsent() == 1);
}

TEST_CASE("while no broker can be reached rows stay, and they go when one comes back") {
  ON_EVERY_SERVER();
  relay::kafka::MockCluster cluster;
  cluster.create_topic("orders", 1);
  cluster.set_down(1);
  e2e::Shop shop(server, false);
  const auto session = shop.connect();
  for (int i = 0; i < 10; ++i) shop.insert(*session, "orders", "k", "{\"n\":1}");
  e2e::Member relay(e2e::at_kafka(e2e::relaying("run", shop), cluster.bootstrap_servers()));
  CHECK(e2e::eventually([&] { return relay.metric("publish_errors_total{class=\"outage\"}").value_or(0) > 2; }));
  CHECK(shop.unsent() == 10);
  CHECK(relay.metric("blocked_topics") == 0.0);
  CHECK_FALSE(relay.metric("last_success_timestamp_seconds"));
  cluster.set_up(1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  CHECK(e2e::eventually([&] { return relay.metric("last_success_timestamp_seconds").has_value(); }));
  relay.process().signal(SIGTERM);
  CHECK(relay.process().wait(10s) == 0);
}

TEST_CASE("a queue that is too small for the rows that were read neither stops the relay nor keeps it from ending") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("orders", 1);
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  const auto session = shop.connect();
  const auto insert = [&](int rows) {
    session->begin();
    for (int i = 0; i < rows; ++i) shop.insert(*session, "orders", "k", "{}");
    session->commit();
  };
  const auto words = e2e::relaying("run", shop, {"--kafka.queue.buffering.max.messages=10", "--shutdown.flush=1s"});
  e2e::RelayProcess relay(e2e::at_kafka(words, cluster.bootstrap_servers()));
  insert(100);
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));
  cluster.set_down(1);
  insert(100);
  CHECK_FALSE(relay.wait(500ms));
  cluster.set_up(1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  cluster.delay_answers(1, 1h);
  insert(100);
  CHECK_FALSE(relay.wait(500ms));
  relay.signal(SIGTERM);
  CHECK(relay.wait(15s) == 0);
  CHECK(shop.unsent() == 100);
}
