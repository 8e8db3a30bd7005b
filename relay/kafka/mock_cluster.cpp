#include "relay/kafka/mock_cluster.hpp"

#include "relay/kafka/conf.hpp"

#include <stdexcept>

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>  // needs rdkafka.h before it

namespace relay::kafka {

namespace {

Client quiet_client() {
  Conf conf{rd_kafka_conf_new()};
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  return make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

void require(rd_kafka_resp_err_t error, const std::string& what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error("mock cluster: " + what + ": " + rd_kafka_err2str(error));
}

}  // namespace

// The brokers live on a client of their own: those that talk to them come and go.
struct MockCluster::Inside {
  Client host = quiet_client();
  std::unique_ptr<rd_kafka_mock_cluster_t, Destroy<rd_kafka_mock_cluster_destroy>> cluster;
};

MockCluster::MockCluster(int brokers) : inside_(std::make_unique<Inside>()) {
  inside_->cluster.reset(rd_kafka_mock_cluster_new(inside_->host.get(), brokers));
  if (!inside_->cluster) throw std::runtime_error("mock cluster: cannot listen on loopback");
}

MockCluster::~MockCluster() = default;
MockCluster::MockCluster(MockCluster&&) noexcept = default;
MockCluster& MockCluster::operator=(MockCluster&&) noexcept = default;

std::string MockCluster::bootstrap_servers() const {
  return rd_kafka_mock_cluster_bootstraps(inside_->cluster.get());
}

void MockCluster::create_topic(const std::string& name, int partitions) {
  require(rd_kafka_mock_topic_create(inside_->cluster.get(), name.c_str(), partitions, 1), "create topic " + name);
}

void MockCluster::answer_with(Request request, const std::vector<std::int16_t>& errors) {
  std::vector<rd_kafka_resp_err_t> codes;
  codes.reserve(errors.size());
  for (const std::int16_t error : errors) codes.push_back(static_cast<rd_kafka_resp_err_t>(error));
  rd_kafka_mock_push_request_errors_array(inside_->cluster.get(), static_cast<std::int16_t>(request), codes.size(), codes.data());
}

// Brokers send no partitions with an error. The mock would invent some, and librdkafka 2.8 crashes on them: the topic is made
// without.
void MockCluster::answer_metadata_with(const std::string& topic, std::int16_t error) {
  require(rd_kafka_mock_topic_create(inside_->cluster.get(), topic.c_str(), 0, 1), "create topic " + topic);
  rd_kafka_mock_topic_set_error(inside_->cluster.get(), topic.c_str(), static_cast<rd_kafka_resp_err_t>(error));
}

void MockCluster::set_down(int broker) {
  require(rd_kafka_mock_broker_set_down(inside_->cluster.get(), broker), "take broker down");
}

void MockCluster::set_up(int broker) {
  require(rd_kafka_mock_broker_set_up(inside_->cluster.get(), broker), "bring broker up");
}

void MockCluster::take_leader(const std::string& topic, int partition) {
  constexpr int nobody = -1;
  give_leader(topic, partition, nobody);
}

void MockCluster::give_leader(const std::string& topic, int partition, int broker) {
  require(rd_kafka_mock_partition_set_leader(inside_->cluster.get(), topic.c_str(), partition, broker), "change a leader");
}

void MockCluster::delay_answers(int broker, std::chrono::milliseconds delay) {
  require(rd_kafka_mock_broker_set_rtt(inside_->cluster.get(), broker, static_cast<int>(delay.count())), "delay its answers");
}

}  // namespace relay::kafka
