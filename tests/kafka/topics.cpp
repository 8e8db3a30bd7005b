#include "tests/kafka/topics.hpp"

#include "relay/kafka/conf.hpp"

#include <array>
#include <chrono>
#include <random>
#include <stdexcept>
#include <thread>

namespace relay::kafka::tests {

namespace {

using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, Destroy<rd_kafka_NewTopic_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_destroy>>;

constexpr int patience_ms = 20'000;

/// The controller has created it; the broker learns of it a moment later.
void await_topic(rd_kafka_t* client, const std::string& name) {
  const TopicHandle topic{rd_kafka_topic_new(client, name.c_str(), nullptr)};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds{patience_ms};
  while (std::chrono::steady_clock::now() < deadline) {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error = rd_kafka_metadata(client, 0, topic.get(), &answer, patience_ms);
    const Metadata metadata{answer};
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  throw std::runtime_error("no broker knows topic " + name);
}

}  // namespace

void create_topic(const std::string& bootstrap_servers, const std::string& name, int partitions,
                  const std::map<std::string, std::string>& config) {
  Conf conf{rd_kafka_conf_new()};
  set_property(conf.get(), "bootstrap.servers", bootstrap_servers);
  set_property(conf.get(), "allow.auto.create.topics", "false");
  const Client client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
  const Queue answers{rd_kafka_queue_new(client.get())};
  const NewTopic topic{rd_kafka_NewTopic_new(name.c_str(), partitions, 1, nullptr, 0)};
  for (const auto& [option, value] : config) rd_kafka_NewTopic_set_config(topic.get(), option.c_str(), value.c_str());

  std::array<rd_kafka_NewTopic_t*, 1> wanted{topic.get()};
  rd_kafka_CreateTopics(client.get(), wanted.data(), wanted.size(), nullptr, answers.get());
  const Event event{rd_kafka_queue_poll(answers.get(), patience_ms)};
  if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    throw std::runtime_error("cannot create topic " + name);
  std::size_t count = 0;
  const auto* const* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  const auto error = rd_kafka_topic_result_error(results[0]);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(name + ": " + rd_kafka_err2str(error));
  await_topic(client.get(), name);
}

std::string fresh_name(const std::string& stem) {
  std::random_device entropy;
  return stem + "-" + std::to_string(entropy()) + std::to_string(entropy());
}

}  // namespace relay::kafka::tests
