#include "relay/kafka/producer.hpp"

#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/kafka/sending.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <poll.h>
#include <set>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

using namespace relay::kafka;
using namespace std::chrono_literals;
using relay::Blame;
using relay::Cell;
using tests::message;

namespace {

constexpr std::int16_t unknown_topic = 3;
constexpr std::int16_t leader_not_available = 5;
constexpr std::int16_t message_too_large = 10;
constexpr std::int16_t not_enough_replicas = 19;
constexpr std::int16_t topic_not_authorised = 29;

struct Eventfd {
  Eventfd() = default;
  ~Eventfd() { close(fd); }
  Eventfd(const Eventfd&) = delete;
  Eventfd& operator=(const Eventfd&) = delete;
  Eventfd(Eventfd&&) = delete;
  Eventfd& operator=(Eventfd&&) = delete;

  [[nodiscard]] bool rings() const {
    pollfd wait{fd, POLLIN, 0};
    constexpr int patience_ms = std::chrono::milliseconds{tests::patience}.count();
    if (poll(&wait, 1, patience_ms) != 1) return false;
    eventfd_t count = 0;
    return eventfd_read(fd, &count) == 0;
  }

  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
};

Settings to(const MockCluster& cluster) {
  return {{"bootstrap.servers", cluster.bootstrap_servers()}};
}

}  // namespace

TEST_CASE("every message that was accepted has exactly one outcome") {
  MockCluster cluster;
  cluster.create_topic("orders", 3);
  const auto producer = make_producer(to(cluster));
  constexpr Ticket count = 5'000;
  std::multiset<Ticket> seen;
  for (Ticket i = 0; i < count; ++i) REQUIRE(producer->send(message("orders", std::to_string(i % 100), "v"), i) == Sent::accepted);
  for (const Outcome& outcome : tests::outcomes(*producer, count)) {
    CHECK_FALSE(outcome.fault.has_value());
    seen.insert(outcome.ticket);
  }
  CHECK(seen.size() == count);
  CHECK(std::set<Ticket>(seen.begin(), seen.end()).size() == count);
  CHECK(producer->traffic().queued == 0);
  std::vector<Outcome> more;
  producer->collect(more);
  CHECK(more.empty());
}

TEST_CASE("messages of one key lie in one partition in the order in which they were sent, also when brokers ask to try again") {
  MockCluster cluster{3};
  cluster.create_topic("orders", 6);
  auto settings = to(cluster);
  settings["retry.backoff.ms"] = "10";
  settings["batch.num.messages"] = "20";
  const auto producer = make_producer(settings);
  cluster.answer_with(relay::kafka::MockCluster::Request::produce,
                      {0, not_enough_replicas, 0, leader_not_available, not_enough_replicas, 0, 0, not_enough_replicas});
  constexpr int count = 2'000;
  for (int i = 0; i < count; ++i) {
    REQUIRE(producer->send(message("orders", "key" + std::to_string(i % 17), std::to_string(i)), static_cast<Ticket>(i)) ==
            Sent::accepted);
  }
  for (const Outcome& outcome : tests::outcomes(*producer, count)) REQUIRE_FALSE(outcome.fault.has_value());

  Consumer consumer{to(cluster), {"orders"}};
  std::map<std::string, std::pair<std::int32_t, int>> last;
  const auto messages = consumer.take(count, tests::patience);
  REQUIRE(messages.size() == count);
  for (const auto& consumed : messages) {
    const int number = std::stoi(*consumed.value);
    const auto [at, first] = last.try_emplace(*consumed.key, consumed.partition, -1);
    CHECK(at->second.first == consumed.partition);
    CHECK(at->second.second < number);
    at->second.second = number;
  }
  CHECK(last.size() == 17);
}

TEST_CASE("a partition's first request may be put off: the next one neither overtakes its messages nor is taken for them") {
  MockCluster cluster;
  cluster.create_topic("orders", 2);
  const auto producer = make_producer(to(cluster));
  REQUIRE(tests::send_one(*producer, message("orders", "21", "of the other partition")).empty());
  cluster.delay_answers(1, 100ms);
  cluster.answer_with(relay::kafka::MockCluster::Request::produce, {not_enough_replicas});
  constexpr int count = 8;
  for (int i = 0; i < count; ++i) {
    REQUIRE(producer->send(message("orders", "abc", std::to_string(i)), static_cast<Ticket>(i)) == Sent::accepted);
    std::this_thread::sleep_for(15ms);  // longer than they linger: each would go alone
  }
  for (const Outcome& outcome : tests::outcomes(*producer, count)) CHECK_FALSE(outcome.fault.has_value());
  cluster.delay_answers(1, 0ms);
  Consumer consumer{to(cluster), {"orders"}};
  std::string seen;
  for (const auto& consumed : consumer.take(count + 1, tests::patience)) {
    if (consumed.key == "abc") seen += *consumed.value;
  }
  CHECK(seen == "01234567");
}

TEST_CASE("a key lies where a Java client would put it") {
  MockCluster cluster;
  cluster.create_topic("orders", 7);
  const auto producer = make_producer(to(cluster));
  // The hashes are those of Kafka's own UtilsTest.testMurmur2.
  const std::map<std::string, std::int32_t> hashes{
      {"21", -973932308}, {"foobar", -790332482}, {"a-little-bit-long-string", -985981536}, {"abc", 479470107}};
  for (const auto& [key, hash] : hashes) REQUIRE(tests::send_one(*producer, message("orders", key, "v")).empty());
  Consumer consumer{to(cluster), {"orders"}};
  const auto messages = consumer.take(hashes.size(), tests::patience);
  REQUIRE(messages.size() == hashes.size());
  for (const auto& consumed : messages) {
    CAPTURE(*consumed.key);
    CHECK(consumed.partition == (hashes.at(*consumed.key) & 0x7fffffff) % 7);
  }
}

TEST_CASE("an eventfd rings when an outcome waits, whether it was set before or after") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto producer = make_producer(to(cluster));
  const Eventfd bell;
  std::vector<Outcome> seen;

  producer->notify(bell.fd);
  REQUIRE(producer->send(message("orders", "k", "v"), 1) == Sent::accepted);
  REQUIRE(tests::outcomes(*producer, 0).empty());
  while (seen.empty()) {
    REQUIRE(bell.rings());
    producer->collect(seen);
  }

  const Eventfd late;
  REQUIRE(producer->send(message("orders", "k", "v"), 2) == Sent::accepted);
  REQUIRE(producer->flush(tests::patience));
  producer->notify(late.fd);
  REQUIRE(late.rings());
  producer->collect(seen);
  CHECK(seen.back().ticket == 2);
}

TEST_CASE("a message over the limit is a row's fault that names its size, the limit and the option, and is not sent") {
  MockCluster cluster;
  auto settings = to(cluster);
  settings["message.max.bytes"] = "2000";
  const auto producer = make_producer(settings);
  const std::string large(2'500, 'x');
  const auto fault = producer->check(message("orders", "k", large));
  REQUIRE(fault);
  CHECK(fault->blame == Blame::row);
  CHECK(fault->reason.find("2537") != std::string::npos);
  CHECK(fault->reason.find("kafka.message.max.bytes=2000") != std::string::npos);
  const std::array headers{relay::Header{"h", Cell{large}}};
  CHECK(producer->check({"orders", Cell{}, Cell{}, headers, std::nullopt}));
  CHECK(producer->check({"orders", Cell{large}, Cell{}, {}, std::nullopt}));
}

TEST_CASE("what passes the check is never refused for its size by the library") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  auto settings = to(cluster);
  settings["message.max.bytes"] = "1000";
  const auto producer = make_producer(settings);
  std::size_t accepted = 0;
  for (std::size_t size = 800; size < 1'000; ++size) {
    const std::string value(size, 'x');
    const std::array headers{relay::Header{"id", Cell{"123456789"}}, relay::Header{"none", Cell{}}};
    const relay::Message candidate{"orders", Cell{"key"}, Cell{value}, headers, 1};
    if (producer->check(candidate)) continue;
    CAPTURE(size);
    REQUIRE(tests::send_one(*producer, candidate).empty());
    ++accepted;
  }
  CHECK(accepted > 50);
  CHECK(accepted < 200);
}

TEST_CASE("a name that is no topic name is a row's fault and is told before sending") {
  MockCluster cluster;
  const auto producer = make_producer(to(cluster));
  for (const std::string& name : {std::string{}, std::string{"."}, std::string{".."}, std::string{"two words"},
                                  std::string{"ümlaut"}, std::string{"a/b"}, std::string(250, 'a'), std::string{"nul\0", 4}}) {
    const auto fault = producer->check(message(name, "k", "v"));
    INFO(name);
    REQUIRE(fault);
    CHECK(fault->blame == Blame::row);
  }
  CHECK_FALSE(producer->check(message(std::string(249, 'a'), "k", "v")));
  CHECK_FALSE(producer->check(message("Orders_v1.x-y", "k", "v")));
}

TEST_CASE("a message that the broker refuses comes back as a fault of its row, and the producer is finished") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  const auto producer = make_producer(to(cluster));
  REQUIRE_FALSE(producer->fatal());
  cluster.answer_with(relay::kafka::MockCluster::Request::produce, {message_too_large});
  REQUIRE(producer->send(message("orders", "k", "refused"), 7) == Sent::accepted);
  const auto refused = tests::outcomes(*producer, 1);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].ticket == 7);
  REQUIRE(refused[0].fault);
  CHECK(refused[0].fault->blame == Blame::row);
  CHECK(refused[0].fault->reason.find("orders") != std::string::npos);
  REQUIRE(producer->fatal());

  // Whatever is handed over now comes back too: unsent, and nobody's fault.
  REQUIRE(producer->send(message("orders", "k", "later"), 8) == Sent::accepted);
  const auto later = tests::outcomes(*producer, 1);
  REQUIRE(later.size() == 1);
  CHECK(later[0].ticket == 8);
  REQUIRE(later[0].fault);
  CHECK(later[0].fault->blame == Blame::nobody);
}

TEST_CASE("a new producer goes on where a finished one stopped") {
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  auto producer = make_producer(to(cluster));
  cluster.answer_with(relay::kafka::MockCluster::Request::produce, {message_too_large});
  REQUIRE_FALSE(tests::send_one(*producer, message("orders", "k", "refused")).empty());
  producer = make_producer(to(cluster));
  CHECK(tests::send_one(*producer, message("orders", "k", "again")).empty());
  CHECK_FALSE(producer->fatal());
}

TEST_CASE("the state of a topic is ready, faulty with the reason, or not known yet") {
  using Is = TopicState::Is;
  MockCluster cluster;
  cluster.create_topic("orders", 1);
  cluster.answer_metadata_with("missing", unknown_topic);
  cluster.answer_metadata_with("secret", topic_not_authorised);
  cluster.answer_metadata_with("new", leader_not_available);
  const auto producer = make_producer(to(cluster));
  CHECK(producer->topic_state("orders", tests::patience).is == Is::ready);
  const auto missing = producer->topic_state("missing", tests::patience);
  CHECK(missing.is == Is::faulty);
  CHECK(missing.reason.find("\"missing\"") != std::string::npos);
  const auto secret = producer->topic_state("secret", tests::patience);
  CHECK(secret.is == Is::faulty);
  CHECK(secret.reason.find("Write") != std::string::npos);
  CHECK(producer->topic_state("new", tests::patience).is == Is::unknown_yet);
}

TEST_CASE("librdkafka's log lines come through the callback, each on one line") {
  std::vector<std::string> lines;
  {
    const auto producer = make_producer({{"bootstrap.servers", "127.0.0.1:1"}, {"group.id", "a consumer's property"}},
                                        [&](int level, std::string_view line) {
                                          if (level <= 4 && line.find("group.id") != std::string_view::npos)
                                            lines.emplace_back(line);
                                        });
  }
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].find('\n') == std::string::npos);
}
