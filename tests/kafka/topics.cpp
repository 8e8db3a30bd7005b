#include "tests/kafka/topics.hpp"

#include "relay/kafka/conf.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>
#include <span>
#include <stdexcept>
#include <thread>

namespace relay::kafka::tests {

namespace {

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroy<rd_kafka_NewTopic_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_destroy>>;

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int answer_ms = 20'000;
constexpr std::chrono::seconds patience{60};
constexpr milliseconds pause{20};

/// The controller has created it; the broker learns of it, and leads its partitions, a moment later.
bool ready(rd_kafka_t* client, const std::string& name) {
  const TopicHandle topic{rd_kafka_topic_new(client, name.c_str(), nullptr)};
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client, 0, topic.get(), &answer, answer_ms);
  const Metadata metadata{answer};
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const std::span partitions{metadata->topics[0].partitions, static_cast<std::size_t>(metadata->topics[0].partition_cnt)};
  return std::ranges::all_of(partitions, [](const auto& partition) { return partition.err == RD_KAFKA_RESP_ERR_NO_ERROR; });
}

bool passes(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT;
}

rd_kafka_resp_err_t ask_for(rd_kafka_t* client, rd_kafka_NewTopic_t* topic) {
  const Queue answers{rd_kafka_queue_new(client)};
  rd_kafka_CreateTopics(client, &topic, 1, nullptr, answers.get());
  const Event event{rd_kafka_queue_poll(answers.get(), answer_ms)};
  if (!event) return RD_KAFKA_RESP_ERR__TIMED_OUT;
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR) return error;
  std::size_t count = 0;
  const auto* const* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  return rd_kafka_topic_result_error(results[0]);
}

}  // namespace

void create_topic(const std::string& bootstrap_servers, const std::string& name, int partitions,
                  const std::map<std::string, std::string>& config) {
  Conf conf{rd_kafka_conf_new()};
  set_property(conf.get(), "bootstrap.servers", bootstrap_servers);
  set_property(conf.get(), "allow.auto.create.topics", "false");
  const Client client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
  const NewTopic topic{rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0)};
  for (const auto& [option, value] : config) rd_kafka_NewTopic_set_config(topic.get(), option.c_str(), value.c_str());

  // On a machine that stood still for seconds the controller may have given up its only broker, which comes back by itself.
  const auto deadline = steady_clock::now() + patience;
  auto error = ask_for(client.get(), topic.get());
  while (passes(error) && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(pause);
    error = ask_for(client.get(), topic.get());
    if (error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) error = RD_KAFKA_RESP_ERR_NO_ERROR;  // only the answer was lost
  }
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error("cannot create topic " + name + ": " + rd_kafka_err2str(error));
  while (!ready(client.get(), name)) {
    if (steady_clock::now() > deadline) throw std::runtime_error("no broker leads topic " + name);
    std::this_thread::sleep_for(pause);
  }
}

std::string fresh_name(const std::string& stem) {
  std::random_device entropy;
  return stem + "-" + std::to_string(entropy()) + std::to_string(entropy());
}

}  // namespace relay::kafka::tests
