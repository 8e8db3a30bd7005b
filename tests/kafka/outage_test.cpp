#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "relay/kafka/producer.hpp"
#include "tests/kafka/sending.hpp"
#include "tests/support/catch.hpp"

using namespace relay::kafka;
using tests::message;

namespace {

Settings impatient(const std::string& brokers) {
  return {{"bootstrap.servers", brokers},
          {"reconnect.backoff.ms", "20"},
          {"reconnect.backoff.max.ms", "100"},
          {"retry.backoff.ms", "20"}};
}

}  // namespace

TEST_CASE("an outage is told while it lasts, costs no message, and ends by itself") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto producer = make_producer(impatient(cluster.bootstrap_servers()));
  REQUIRE(tests::send_one(*producer, message("orders", "k", "before")).empty());
  CHECK_FALSE(producer->outage());

  cluster.set_down(1);
  REQUIRE(producer->send(message("orders", "k", "during"), 2) == Sent::accepted);
  std::vector<Outcome> seen;
  REQUIRE(tests::eventually(*producer, seen, [&] { return producer->outage().has_value(); }));
  CHECK(seen.empty());
  CHECK(producer->traffic().queued >= 1);
  CHECK_FALSE(producer->fatal());
  CHECK_FALSE(producer->flush(std::chrono::milliseconds{50}));

  cluster.set_up(1);
  REQUIRE(tests::eventually(*producer, seen, [&] { return !seen.empty(); }));
  CHECK(seen[0].ticket == 2);
  CHECK_FALSE(seen[0].fault);
  CHECK_FALSE(producer->outage());
}

TEST_CASE("an outage without messages ends when a broker answers") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto producer = make_producer(impatient(cluster.bootstrap_servers()));
  REQUIRE(producer->topic_state("orders", tests::patience).is == TopicState::Is::ready);
  cluster.set_down(1);
  std::vector<Outcome> seen;
  REQUIRE(tests::eventually(*producer, seen, [&] { return producer->outage().has_value(); }));
  CHECK(producer->topic_state("orders", std::chrono::milliseconds{100}).is == TopicState::Is::unanswered);
  CHECK(producer->outage());
  cluster.set_up(1);
  REQUIRE(tests::eventually(*producer, seen,
                            [&] { return producer->topic_state("orders", tests::patience).is == TopicState::Is::ready; }));
  CHECK_FALSE(producer->outage());
}

TEST_CASE("a broker that was never there is an outage that names it") {
  const auto producer = make_producer(impatient("127.0.0.1:1"));
  std::vector<Outcome> seen;
  REQUIRE(tests::eventually(*producer, seen, [&] { return producer->outage().has_value(); }));
  CHECK(producer->outage()->find("127.0.0.1:1") != std::string::npos);
  CHECK(producer->topic_state("orders", std::chrono::milliseconds{50}).is == TopicState::Is::unanswered);
}

TEST_CASE("a producer can be destroyed with messages inside that nobody takes") {
  auto producer = make_producer(impatient("127.0.0.1:1"));
  for (Ticket i = 0; i < 1'000; ++i) REQUIRE(producer->send(message("orders", "k", "v"), i) == Sent::accepted);
  CHECK(producer->traffic().queued >= 1'000);
  producer.reset();
  SUCCEED();
}

TEST_CASE("a producer tells how long a broker takes to answer") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  auto settings = impatient(cluster.bootstrap_servers());
  settings["statistics.interval.ms"] = "100";
  const auto producer = make_producer(settings);
  CHECK(producer->traffic().rtt_seconds.empty());
  cluster.delay_answers(1, std::chrono::milliseconds{20});

  Ticket sent = 0;
  std::vector<Outcome> seen;
  const auto told = [&] {
    // The broker's first answers may have come before the delay, and the mean is of what one interval has seen.
    if (seen.size() == sent) REQUIRE(producer->send(message("orders", "k", "v"), ++sent) == Sent::accepted);
    const auto rtt = producer->traffic().rtt_seconds;
    return rtt.size() == 1 && rtt.begin()->second >= 0.02 && cluster.bootstrap_servers().find(rtt.begin()->first) == 0;
  };
  REQUIRE(tests::eventually(*producer, seen, told));
}
