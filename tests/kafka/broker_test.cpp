#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/producer.hpp"
#include "tests/kafka/sending.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cstdlib>

// Against a real broker: OUTBOX_RELAY_TEST_KAFKA=host:port.

using namespace relay::kafka;
using relay::Blame;
using relay::Cell;
using relay::Header;

namespace {

const char* broker() {
  return std::getenv("OUTBOX_RELAY_TEST_KAFKA");
}  // NOLINT(concurrency-mt-unsafe): nobody sets it

Settings to_broker() {
  return {{"bootstrap.servers", broker()}};
}

constexpr const char* no_broker = "OUTBOX_RELAY_TEST_KAFKA is not set";

}  // namespace

TEST_CASE("a real broker keeps key, value, headers and timestamp, NULL told from empty") {
  if (broker() == nullptr) SKIP(no_broker);
  const std::string topic = tests::fresh_name("whole");
  tests::create_topic(broker(), topic, 1);
  const auto producer = make_producer(to_broker());
  const std::array headers{Header{"id", Cell{"17"}}, Header{"empty", Cell{""}}, Header{"nothing", Cell{}}};
  REQUIRE(tests::send_one(*producer, {topic, Cell{"key"}, Cell{"value"}, headers, 1'767'323'045'678}).empty());
  REQUIRE(tests::send_one(*producer, {topic, Cell{""}, Cell{""}, {}, std::nullopt}).empty());
  REQUIRE(tests::send_one(*producer, {topic, Cell{}, Cell{}, {}, std::nullopt}).empty());

  Consumer consumer{to_broker(), {topic}};
  const auto messages = consumer.take(3, tests::patience);
  REQUIRE(messages.size() == 3);
  CHECK(messages[0].key == "key");
  CHECK(messages[0].value == "value");
  CHECK(messages[0].timestamp_ms == 1'767'323'045'678);
  REQUIRE(messages[0].headers.size() == 3);
  CHECK(messages[0].headers[0].second == "17");
  CHECK(messages[0].headers[1].second == "");
  CHECK_FALSE(messages[0].headers[2].second.has_value());
  CHECK(messages[1].key == "");
  CHECK(messages[1].value == "");
  CHECK_FALSE(messages[2].key.has_value());
  CHECK_FALSE(messages[2].value.has_value());
}

TEST_CASE("a topic that a real broker does not have is faulty, and asking does not create it") {
  if (broker() == nullptr) SKIP(no_broker);
  const std::string topic = tests::fresh_name("missing");
  const auto producer = make_producer(to_broker());
  for (int i = 0; i < 2; ++i) {
    const auto state = producer->topic_state(topic, tests::patience);
    CHECK(state.is == TopicState::Is::faulty);
    CHECK(state.reason.find(topic) != std::string::npos);
  }
  tests::create_topic(broker(), topic, 1);
  CHECK(producer->topic_state(topic, tests::patience).is == TopicState::Is::ready);
}

TEST_CASE("a row over a real topic's limit is refused as a row's fault and finishes the producer") {
  if (broker() == nullptr) SKIP(no_broker);
  const std::string topic = tests::fresh_name("small");
  tests::create_topic(broker(), topic, 1, {{"max.message.bytes", "10000"}});
  auto settings = to_broker();
  settings["compression.codec"] = "none";
  auto producer = make_producer(settings);
  const std::string large(20'000, 'x');
  REQUIRE(producer->send(tests::message(topic, "k", large), 1) == Sent::accepted);
  const auto seen = tests::outcomes(*producer, 1);
  REQUIRE(seen.size() == 1);
  REQUIRE(seen[0].fault);
  CHECK(seen[0].fault->blame == Blame::row);
  CHECK(producer->fatal());
  producer = make_producer(settings);
  CHECK(tests::send_one(*producer, tests::message(topic, "k", "small")).empty());
}

TEST_CASE("a message without a key on a real compacted topic is a row's fault") {
  if (broker() == nullptr) SKIP(no_broker);
  const std::string topic = tests::fresh_name("compacted");
  tests::create_topic(broker(), topic, 1, {{"cleanup.policy", "compact"}});
  const auto producer = make_producer(to_broker());
  REQUIRE(producer->send({topic, Cell{}, Cell{"v"}, {}, std::nullopt}, 1) == Sent::accepted);
  const auto seen = tests::outcomes(*producer, 1);
  REQUIRE(seen.size() == 1);
  REQUIRE(seen[0].fault);
  CHECK(seen[0].fault->blame == Blame::row);
  CHECK(seen[0].fault->reason.find("key") != std::string::npos);
}
