// Makes, deletes and lists topics: kafka-admin BROKERS create NAME PARTITIONS [CONFIG=VALUE ...] | delete NAME | list
#include <chrono>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <librdkafka/rdkafka.h>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTimeoutMs = 10'000;
constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kPause{100};

using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
using Queue = std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)>;
using Event = std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)>;

void require(rd_kafka_resp_err_t error, std::string_view what) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(std::string(what) + ": " + rd_kafka_err2str(error));
}

Client connect(const std::string& brokers) {
  char text[256];
  rd_kafka_conf_t* settings = rd_kafka_conf_new();
  rd_kafka_conf_set(settings, "bootstrap.servers", brokers.c_str(), text, sizeof text);
  rd_kafka_conf_set(settings, "log_level", "0", text, sizeof text);
  rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, settings, text, sizeof text);
  if (client == nullptr) {
    rd_kafka_conf_destroy(settings);
    throw std::runtime_error(text);
  }
  return {client, rd_kafka_destroy};
}

Event await(rd_kafka_queue_t* queue) {
  Event event(rd_kafka_queue_poll(queue, kTimeoutMs), rd_kafka_event_destroy);
  if (!event) throw std::runtime_error("no answer from the broker");
  require(rd_kafka_event_error(event.get()), "broker");
  return event;
}

void require_topics(const rd_kafka_topic_result_t** results, std::size_t count) {
  for (const auto* result : std::span(results, count))
    require(rd_kafka_topic_result_error(result), rd_kafka_topic_result_name(result));
}

void create(rd_kafka_t* client, const std::string& name, int partitions, std::span<char*> configs) {
  char text[256];
  std::unique_ptr<rd_kafka_NewTopic_t, decltype(&rd_kafka_NewTopic_destroy)> topic(
      rd_kafka_NewTopic_new(name.c_str(), partitions, 1, text, sizeof text), rd_kafka_NewTopic_destroy);
  if (!topic) throw std::runtime_error(text);
  for (const std::string config : configs) {
    const auto equals = config.find('=');
    if (equals == std::string::npos) throw std::runtime_error("'" + config + "' is not CONFIG=VALUE");
    require(rd_kafka_NewTopic_set_config(topic.get(), config.substr(0, equals).c_str(), config.substr(equals + 1).c_str()), config);
  }
  const Queue queue(rd_kafka_queue_new(client), rd_kafka_queue_destroy);
  auto* request = topic.get();
  // A machine that stood still for seconds: the controller has given up its only broker, which comes back by itself.
  for (const auto deadline = Clock::now() + kPatience;; std::this_thread::sleep_for(kPause)) {
    rd_kafka_CreateTopics(client, &request, 1, nullptr, queue.get());
    const auto event = await(queue.get());
    std::size_t count = 0;
    const auto** results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
    const bool given_up = rd_kafka_topic_result_error(*results) == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR;
    if (!given_up || Clock::now() > deadline) return require_topics(results, count);
  }
}

void remove(rd_kafka_t* client, const std::string& name) {
  const std::unique_ptr<rd_kafka_DeleteTopic_t, decltype(&rd_kafka_DeleteTopic_destroy)> topic(
      rd_kafka_DeleteTopic_new(name.c_str()), rd_kafka_DeleteTopic_destroy);
  const Queue queue(rd_kafka_queue_new(client), rd_kafka_queue_destroy);
  auto* request = topic.get();
  rd_kafka_DeleteTopics(client, &request, 1, nullptr, queue.get());
  const auto event = await(queue.get());
  std::size_t count = 0;
  const auto** results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
  require_topics(results, count);
}

void list(rd_kafka_t* client) {
  const rd_kafka_metadata_t* metadata = nullptr;
  require(rd_kafka_metadata(client, 1, nullptr, &metadata, 2000), "metadata");
  for (const auto& topic : std::span(metadata->topics, static_cast<std::size_t>(metadata->topic_cnt))) {
    std::cout << topic.topic << ' ' << topic.partition_cnt << '\n';
  }
  rd_kafka_metadata_destroy(metadata);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  const std::string verb = argc > 2 ? arguments[2] : "";
  if (verb == "list" && argc == 3) {
    list(connect(arguments[1]).get());
  } else if (verb == "create" && argc > 4) {
    create(connect(arguments[1]).get(), arguments[3], std::stoi(arguments[4]), arguments.subspan(5));
  } else if (verb == "delete" && argc == 4) {
    remove(connect(arguments[1]).get(), arguments[3]);
  } else {
    std::cerr << "usage: kafka-admin BROKERS create NAME PARTITIONS [CONFIG=VALUE ...] | delete NAME | list\n";
    return 64;
  }
  return 0;
} catch (const std::exception& error) {
  std::cerr << "kafka-admin: " << error.what() << '\n';
  return 1;
}
