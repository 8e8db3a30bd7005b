#include "relay/kafka/consumer.hpp"

#include "relay/kafka/cluster_error.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/kafka/sending.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <vector>

using namespace relay::kafka;
using relay::Cell;
using relay::Header;

TEST_CASE("a consumer gets back what was sent: key, value, headers and timestamp, NULL told from empty") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto producer = make_producer({{"bootstrap.servers", cluster.bootstrap_servers()}});
  using namespace std::string_view_literals;
  const std::array headers{Header{"id", Cell{"17"}}, Header{"empty", Cell{""}}, Header{"nothing", Cell{}},
                           Header{"octets", Cell{"a\0b"sv}}, Header{"id", Cell{"again"}}};
  REQUIRE(tests::send_one(*producer, {"orders", Cell{"k\0\xff"sv}, Cell{"v\0w"sv}, headers, 1'767'323'045'678}).empty());
  REQUIRE(tests::send_one(*producer, {"orders", Cell{""}, Cell{""}, {}, std::nullopt}).empty());
  REQUIRE(tests::send_one(*producer, {"orders", Cell{}, Cell{}, {}, std::nullopt}).empty());

  Consumer consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"orders"}};
  const auto messages = consumer.take(3, tests::patience);
  REQUIRE(messages.size() == 3);
  const ConsumedMessage& full = messages[0];
  CHECK(full.topic == "orders");
  CHECK(full.partition == 0);
  CHECK(full.offset == 0);
  CHECK(full.key == std::string{"k\0\xff"sv});
  CHECK(full.value == std::string{"v\0w"sv});
  CHECK(full.timestamp_ms == 1'767'323'045'678);
  REQUIRE(full.headers.size() == 5);
  CHECK(full.headers[0] == std::pair<std::string, std::optional<std::string>>{"id", "17"});
  CHECK(full.headers[1].second == std::string{});
  CHECK_FALSE(full.headers[2].second.has_value());
  CHECK(full.headers[3].second == std::string{"a\0b"sv});
  CHECK(full.headers[4] == std::pair<std::string, std::optional<std::string>>{"id", "again"});
  CHECK(messages[1].key == std::string{});
  CHECK(messages[1].value == std::string{});
  CHECK(messages[1].headers.empty());
  CHECK_FALSE(messages[2].key.has_value());
  CHECK_FALSE(messages[2].value.has_value());
}

TEST_CASE("a consumer reads every partition of every topic that it was given") {
  MockCluster cluster{3};
  cluster.create_topic("a", 4);
  cluster.create_topic("b", 2);
  const auto producer = make_producer({{"bootstrap.servers", cluster.bootstrap_servers()}});
  for (relay::kafka::Ticket i = 0; i < 200; ++i) {
    REQUIRE(producer->send(tests::message(i % 2 == 0 ? "a" : "b", "key" + std::to_string(i), "v"), i) == Sent::accepted);
  }
  REQUIRE(tests::outcomes(*producer, 200).size() == 200);
  Consumer consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"a", "b"}};
  std::set<std::pair<std::string, std::int32_t>> partitions;
  for (const auto& message : consumer.take(200, tests::patience)) partitions.emplace(message.topic, message.partition);
  CHECK(partitions.size() == 6);
  CHECK_FALSE(consumer.next(std::chrono::milliseconds{50}).has_value());
}

TEST_CASE("a consumer reads on to the end, wherever it stands, without waiting for more") {
  MockCluster cluster;
  cluster.create_topic("a", 3);
  const auto producer = make_producer({{"bootstrap.servers", cluster.bootstrap_servers()}});
  const auto send = [&](relay::kafka::Ticket from, relay::kafka::Ticket to) {
    for (auto i = from; i < to; ++i)
      REQUIRE(producer->send(tests::message("a", "key" + std::to_string(i), "v"), i) == Sent::accepted);
    REQUIRE(tests::outcomes(*producer, to - from).size() == to - from);
  };
  Consumer consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"a"}};
  CHECK(consumer.take_rest(tests::patience).empty());
  send(0, 100);
  CHECK(consumer.take(10, tests::patience).size() == 10);
  CHECK(consumer.take_rest(tests::patience).size() == 90);
  CHECK(consumer.take_rest(tests::patience).empty());
  send(100, 103);
  CHECK(consumer.take_rest(tests::patience).size() == 3);
}

TEST_CASE("a consumer reads on to the end of a partition that changes its leader, and never takes it for an empty one") {
  MockCluster cluster;
  cluster.create_topic("a", 1);
  const auto producer = make_producer({{"bootstrap.servers", cluster.bootstrap_servers()}});
  REQUIRE(tests::send_one(*producer, tests::message("a", "k", "v")).empty());
  constexpr std::int16_t not_leader = 6;
  for (std::size_t asked = 1; asked <= 4; ++asked) {
    Consumer consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"a"}};
    cluster.answer_with(MockCluster::Request::list_offsets, std::vector<std::int16_t>(asked, not_leader));
    CHECK(consumer.take_rest(tests::patience).size() == 1);
  }
  Consumer consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"a"}};
  cluster.answer_with(MockCluster::Request::list_offsets, std::vector<std::int16_t>(1'000, not_leader));
  CHECK_THROWS_AS(consumer.take_rest(std::chrono::milliseconds{200}), ClusterError);
}

TEST_CASE("a consumer reads the files that its settings name") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto file = std::filesystem::temp_directory_path() / tests::fresh_name("servers");
  std::ofstream(file) << cluster.bootstrap_servers() << '\n';
  Consumer consumer{{{"bootstrap.servers-file", file.string()}}, {"orders"}};
  CHECK(consumer.take_rest(tests::patience).empty());
  std::filesystem::remove(file);
  CHECK_THROWS_AS((Consumer{{{"bootstrap.servers-file", file.string()}}, {"orders"}}), std::invalid_argument);
}

TEST_CASE("a consumer of a topic that does not exist says so") {
  MockCluster cluster;
  cluster.answer_metadata_with("nowhere", 3);
  CHECK_THROWS_AS((Consumer{{{"bootstrap.servers", cluster.bootstrap_servers()}}, {"nowhere"}}), std::runtime_error);
}
