#include "relay/kafka/consumer.hpp"
#include "tests/e2e/books.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <future>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

std::string fresh_topic(int partitions) {
  auto topic = fresh_name("e2e");
  create_topic(e2e::kafka(), topic, partitions);
  return topic;
}

/// One text, so that a failure shows which.
std::string listed(const std::vector<std::string>& events) {
  std::string all;
  for (const auto& event : events) all += event + "; ";
  return all;
}

}  // namespace

TEST_CASE("the demo shows every committed order, and warns of nothing") {
  const auto ran = e2e::run({"demo"});
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.output.find("rows left in the outbox: 0; 6 of 6 committed orders") != std::string::npos);
  CHECK(ran.output.find("outbox       3 rows\nrelay        starts") != std::string::npos);
  CHECK(ran.output.find("outbox_dead") == std::string::npos);
}

TEST_CASE("what is committed reaches Kafka in order, and nothing else does, while the relay is killed and started again") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  INFO((mark ? "mark" : "delete"));
  e2e::Shop shop(server, mark);
  const auto topic = fresh_topic(3);
  const int writers = server.name == "sqlite" ? 2 : 6;
  auto application = std::async(std::launch::async, [&] { return e2e::write(shop, topic, writers, 5s, 42); });
  while (application.wait_for(0s) != std::future_status::ready) {
    e2e::RelayProcess relay(e2e::relaying("run", shop, {"--lease.enabled=false"}));  // no waiting for a dead one's lease
    application.wait_for(1200ms);
    relay.signal(SIGKILL);
    CHECK(relay.wait(10s) == 128 + SIGKILL);
  }
  const auto committed = application.get();
  const auto rest = e2e::run(e2e::relaying("drain", shop));
  INFO(rest.output);
  CHECK(rest.code == 0);
  CHECK(shop.unsent() == 0);
  CHECK((shop.rows() == 0) == !mark);

  const auto audit = e2e::audit(topic, committed);
  CHECK(audit.messages > 20);
  CHECK(listed(audit.lost).empty());
  CHECK(listed(audit.invented).empty());
  CHECK(listed(audit.disordered).empty());
  UNSCOPED_INFO(server.name << ": " << audit.messages << " messages, " << audit.duplicates << " duplicates");
}

TEST_CASE("a row that commits late is published although higher ids went first") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // one writer: no id is drawn before another commits
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic(1);
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  const auto slow = shop.connect();
  const auto quick = shop.connect();
  slow->begin();
  shop.insert(*slow, topic, "late", "{\"n\":1}");
  shop.insert(*quick, topic, "early", "{\"n\":2}");
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto first = consumer.next(30s);
  REQUIRE(first);
  CHECK(first->key == "early");
  slow->commit();
  const auto second = consumer.next(30s);
  REQUIRE(second);
  CHECK(second->key == "late");
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
}

TEST_CASE("a message carries key, payload, headers and timestamp of its row") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic(1);
  const auto session = shop.connect();
  shop.insert(*session, topic, "o-1", "{\"amount\":0.10}");
  REQUIRE(e2e::run(e2e::relaying("drain", shop)).code == 0);
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto message = consumer.next(30s);
  REQUIRE(message);
  CHECK(message->key == "o-1");
  CHECK(message->value == "{\"amount\":0.10}");
  const std::vector<std::pair<std::string, std::optional<std::string>>> headers{{"id", "1"}, {"event_type", "Happened"}};
  CHECK(message->headers == headers);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  CHECK(message->timestamp_ms <= now);
  CHECK(message->timestamp_ms > now - 120'000);
}

TEST_CASE("a NULL payload is a tombstone") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic(1);
  shop.execute("INSERT INTO " + shop.table() + " (aggregate_type, aggregate_id, event_type, payload) VALUES ('" + topic +
               "', 'gone', 'Deleted', NULL)");
  REQUIRE(e2e::run(e2e::relaying("drain", shop)).code == 0);
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto message = consumer.next(30s);
  REQUIRE(message);
  CHECK(message->key == "gone");
  CHECK_FALSE(message->value);
}

TEST_CASE("SIGTERM ends a busy relay in time, and what Kafka has is settled") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic(3);
  const auto session = shop.connect();
  session->begin();
  for (int i = 0; i < 2000; ++i) shop.insert(*session, topic, "k" + std::to_string(i % 50), "{\"n\":" + std::to_string(i) + "}");
  session->commit();
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--poll.batch-rows=100"}));
  REQUIRE(e2e::eventually([&] { return shop.unsent() < 2000; }));
  relay.signal(SIGTERM);
  CHECK(relay.wait(15s) == 0);
  const auto left = shop.unsent();
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  CHECK(consumer.take_rest(30s).size() + left == 2000);
}
