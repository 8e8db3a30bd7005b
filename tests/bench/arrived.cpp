// arrived BROKERS TOPIC ROWS SECONDS: returns when the topic has that many messages; 1: it took longer.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

#include <librdkafka/rdkafka.h>

namespace {

using namespace std::chrono_literals;

/// How many messages the topic's partitions have had, as far as they answer.
std::int64_t messages(rd_kafka_t* client, const char* topic, int partitions) {
  std::int64_t all = 0;
  for (int partition = 0; partition < partitions; ++partition) {
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (rd_kafka_query_watermark_offsets(client, topic, partition, &low, &high, 1000) == RD_KAFKA_RESP_ERR_NO_ERROR) all += high;
  }
  return all;
}

int partitions_of(rd_kafka_t* client, const char* name) {
  const std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> topic(rd_kafka_topic_new(client, name, nullptr),
                                                                                   rd_kafka_topic_destroy);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(client, 0, topic.get(), &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  const auto partitions = metadata->topics[0].partition_cnt;
  rd_kafka_metadata_destroy(metadata);
  return partitions;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    static_cast<void>(std::fprintf(stderr, "usage: arrived BROKERS TOPIC ROWS SECONDS\n"));
    return 64;
  }
  auto* settings = rd_kafka_conf_new();
  rd_kafka_conf_set(settings, "bootstrap.servers", argv[1], nullptr, 0);
  const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client(rd_kafka_new(RD_KAFKA_CONSUMER, settings, nullptr, 0),
                                                                        rd_kafka_destroy);
  const auto rows = std::strtoll(argv[3], nullptr, 10);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(std::strtoll(argv[4], nullptr, 10));
  const auto partitions = partitions_of(client.get(), argv[2]);
  while (messages(client.get(), argv[2], partitions) < rows) {
    if (std::chrono::steady_clock::now() > deadline) return 1;
    std::this_thread::sleep_for(20ms);
  }
  return 0;
}
