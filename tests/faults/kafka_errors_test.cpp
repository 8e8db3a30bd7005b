#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/inside.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <set>

#include <librdkafka/rdkafka.h>

using namespace std::chrono_literals;
namespace core = relay::core;
namespace kafka = relay::kafka;
using kafka::MockCluster;

namespace {

constexpr int rows = 12;
constexpr int keys = 3;
const std::string topic = "orders";

/// A relay inside the test, on SQLite and a mock cluster of its own.
class Relaying {
 public:
  Relaying() : shop_({"sqlite", "sqlite:"}, false) { cluster_.create_topic(topic, 2); }

  MockCluster& cluster() { return cluster_; }
  faults::Listener& listener() { return listener_; }
  e2e::Shop& shop() { return shop_; }

  void insert() {
    const auto session = shop_.connect();
    for (int row = 0; row < rows; ++row) {
      shop_.insert(*session, topic, "k" + std::to_string(row % keys), std::to_string(row));
    }
  }

  void start() {
    auto settings = faults::settings_for(shop_);
    settings.claims.batch_rows = 5;
    relay_ = std::make_unique<core::Relay>(
        settings, faults::database_of(shop_), [this](bool probing) { return make_producer(probing); }, listener_, doorbell_);
    thread_ = std::jthread([this](const std::stop_token& stop) { static_cast<void>(relay_->run(stop)); });
  }

  /// @return what is wrong with what the topic has
  [[nodiscard]] std::vector<std::string> complaints() const {
    std::vector<std::string> complaints;
    std::map<std::string, int> last;
    std::set<int> seen;
    kafka::Consumer consumer(at_cluster(), {topic});
    while (seen.size() < rows) {
      const auto message = consumer.next(30s);
      if (!message) break;
      const auto row = std::stoi(message->value.value());
      if (!seen.insert(row).second) continue;
      auto& before = last.try_emplace(message->key.value(), -1).first->second;
      if (before > row) complaints.push_back("row " + std::to_string(row) + " came after " + std::to_string(before));
      before = row;
    }
    if (seen.size() < rows) complaints.push_back(std::to_string(rows - seen.size()) + " rows are not in the topic");
    return complaints;
  }

 private:
  [[nodiscard]] std::unique_ptr<kafka::Producer> make_producer(bool probing) const {
    return kafka::make_producer(probing ? kafka::one_by_one(at_cluster()) : at_cluster());
  }
  [[nodiscard]] kafka::Settings at_cluster() const { return {{"bootstrap.servers", cluster_.bootstrap_servers()}}; }

  MockCluster cluster_;
  e2e::Shop shop_;
  faults::Listener listener_;
  core::Doorbell doorbell_;
  std::unique_ptr<core::Relay> relay_;
  std::jthread thread_;  // last: ends before what it uses
};

struct Answer {
  MockCluster::Request request;
  rd_kafka_resp_err_t error;
  std::size_t times;
};

struct Result {
  Answer answer;
  std::chrono::milliseconds took;
  std::vector<std::string> complaints;
  std::string log;
};

Result try_out(const Answer& answer) {
  Relaying relaying;
  relaying.insert();
  relaying.cluster().answer_with(answer.request, std::vector<std::int16_t>(answer.times, static_cast<std::int16_t>(answer.error)));
  const auto begin = std::chrono::steady_clock::now();
  relaying.start();
  const bool sent = e2e::eventually([&] { return relaying.shop().unsent() == 0; }, 60s);
  Result result{answer, std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin), {}, {}};
  result.complaints = relaying.complaints();
  if (!sent) result.complaints.emplace_back("rows are left in the table");
  result.log = relaying.listener().text();
  return result;
}

/// What the responses' specifications name (kafka: ProduceResponse, InitProducerIdResponse, MetadataResponse), and what brokers
/// answer to any request. DUPLICATE_SEQUENCE_NUMBER is left out: it says that the broker has the batch, and the mock has not.
std::vector<rd_kafka_resp_err_t> produce_errors() {
  return {
      RD_KAFKA_RESP_ERR_UNKNOWN,
      RD_KAFKA_RESP_ERR_INVALID_MSG,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
      RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
      RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
      RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
      RD_KAFKA_RESP_ERR_INVALID_REQUEST,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
      RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
      RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
      RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
      RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID,
      RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH,
      RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
      RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
      RD_KAFKA_RESP_ERR_INVALID_RECORD,
      RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
  };
}

std::vector<rd_kafka_resp_err_t> init_producer_id_errors() {
  return {
      RD_KAFKA_RESP_ERR_UNKNOWN,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
      RD_KAFKA_RESP_ERR_INVALID_REQUEST,
      RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
      RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
      RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED,
      RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
  };
}

std::vector<rd_kafka_resp_err_t> metadata_errors() {
  return {
      RD_KAFKA_RESP_ERR_UNKNOWN,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT,
      RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_INVALID_REQUEST,
      RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
      RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
      RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
  };
}

}  // namespace

TEST_CASE("whatever a broker answers for a while, every row is delivered in order") {
  const auto [request, name, codes] = GENERATE(table<MockCluster::Request, std::string, std::vector<rd_kafka_resp_err_t>>(
      {{MockCluster::Request::produce, "Produce", produce_errors()},
       {MockCluster::Request::init_producer_id, "InitProducerId", init_producer_id_errors()},
       {MockCluster::Request::metadata, "Metadata", metadata_errors()}}));
  const auto times = GENERATE(std::size_t{1}, std::size_t{3});
  constexpr std::size_t at_a_time = 12;  // they mostly wait
  std::vector<std::future<Result>> running;
  for (std::size_t i = 0; i < codes.size() || !running.empty(); ++i) {
    if (i < codes.size()) {
      running.push_back(std::async(std::launch::async, [answer = Answer{request, codes[i], times}] { return try_out(answer); }));
    }
    if (running.size() < at_a_time && i < codes.size()) continue;
    const auto result = running.front().get();
    running.erase(running.begin());
    INFO(name << ", " << times << " x " << rd_kafka_err2name(result.answer.error) << ", " << result.took.count() << " ms");
    INFO(result.log);
    for (const auto& complaint : result.complaints) FAIL_CHECK(complaint);
  }
}

TEST_CASE("where no producer is let in, a drain says so and ends, and producers are made later and later") {
  MockCluster cluster;
  cluster.create_topic(topic, 1);
  cluster.answer_with(MockCluster::Request::init_producer_id,
                      std::vector<std::int16_t>(1000, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED));
  e2e::Shop shop({"sqlite", "sqlite:"}, false);
  shop.insert(*shop.connect(), topic, "k", "{}");
  auto settings = faults::settings_for(shop);
  settings.drain.until_empty = true;
  faults::Listener listener;
  core::Doorbell doorbell;
  int made = 0;
  const auto make = [&](bool probing) {
    ++made;
    const kafka::Settings at_cluster{{"bootstrap.servers", cluster.bootstrap_servers()}};
    return kafka::make_producer(probing ? kafka::one_by_one(at_cluster) : at_cluster);
  };
  core::Relay relay(settings, faults::database_of(shop), make, listener, doorbell);
  const auto ending = relay.run({});
  INFO(listener.text());
  CHECK(ending.how == core::Ending::How::kafka_outage);
  CHECK(ending.why.find("grant this user IdempotentWrite on the cluster") != std::string::npos);
  CHECK(listener.status().kafka_outage == ending.why);
  CHECK(shop.unsent() == 1);
  CHECK(made < 20);
}

TEST_CASE("a relay that began while no broker answered goes on when one does") {
  Relaying relaying;
  relaying.insert();
  relaying.cluster().set_down(1);
  relaying.start();
  REQUIRE(e2e::eventually([&] { return relaying.listener().outages() >= 15; }));  // both producers know that nobody is there
  relaying.cluster().set_up(1);
  const bool sent = e2e::eventually([&] { return relaying.shop().unsent() == 0; }, 10s);
  INFO(relaying.listener().text());
  CHECK(sent);
  CHECK(relaying.complaints().empty());
}
