#include "relay/kafka/consumer.hpp"

#include "relay/kafka/cluster_error.hpp"
#include "relay/kafka/conf.hpp"
#include "relay/kafka/errors.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <thread>

namespace relay::kafka {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int metadata_timeout_ms = 10'000;
constexpr milliseconds pause{50};  // before the same question

using Place = std::pair<std::string, std::int32_t>;  // topic and partition

void on_token_wanted(rd_kafka_t* client, const char* /*config*/, void* tokens) noexcept {
  refresh_token(client, *static_cast<const TokenSource*>(tokens));
}

/// @param tokens  stays where it is for as long as the client lives
Client open(const Settings& user, TokenSource& tokens) {
  Settings settings{{"group.id", "outbox-relay-reader"},
                    {"enable.auto.commit", "false"},
                    {"fetch.wait.max.ms", "50"},
                    {"fetch.error.backoff.ms", "20"}};
  for (const auto& [name, value] : with_files_read(user)) settings[name] = value;
  Conf conf{rd_kafka_conf_new()};
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);
  for (const auto& [name, value] : settings) set_property(conf.get(), name, value);
  rd_kafka_conf_set_opaque(conf.get(), &tokens);
  if (tokens) use_tokens(conf.get(), on_token_wanted);
  return make_client(RD_KAFKA_CONSUMER, std::move(conf));
}

void add_partitions(rd_kafka_t* client, const std::string& topic, rd_kafka_topic_partition_list_t* to) {
  const TopicHandle handle{rd_kafka_topic_new(client, topic.c_str(), nullptr)};
  const rd_kafka_metadata_t* answer = nullptr;
  auto error = rd_kafka_metadata(client, 0, handle.get(), &answer, metadata_timeout_ms);
  const Metadata metadata{answer};
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR)
    error = metadata->topic_cnt == 0 ? RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC : metadata->topics[0].err;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw ClusterError(fault_of(error, topic));
  for (std::int32_t i = 0; i < metadata->topics[0].partition_cnt; ++i) {
    rd_kafka_topic_partition_list_add(to, topic.c_str(), i)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
}

std::span<rd_kafka_topic_partition_t> all_of(const Partitions& partitions) {
  return {partitions->elems, static_cast<std::size_t>(partitions->cnt)};
}

std::optional<Fault> fault_in(rd_kafka_resp_err_t error, const Partitions& answer) {
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(error, answer->elems[0].topic);
  for (const auto& partition : all_of(answer)) {
    if (partition.err != RD_KAFKA_RESP_ERR_NO_ERROR) return fault_of(partition.err, partition.topic);
    if (partition.offset < 0) return fault_of(RD_KAFKA_RESP_ERR__TIMED_OUT, partition.topic);
  }
  return std::nullopt;
}

/// Where partitions begin (RD_KAFKA_OFFSET_BEGINNING) or end (RD_KAFKA_OFFSET_END) now. One that changes hands has no leader for a
/// moment, and the question is put again. Not rd_kafka_query_watermark_offsets: where the first of its two requests fails and the
/// second does not, it calls the partition empty.
Partitions bounds(rd_kafka_t* client, const Partitions& partitions, std::int64_t which, steady_clock::time_point deadline) {
  for (;; std::this_thread::sleep_for(pause)) {
    Partitions answer{rd_kafka_topic_partition_list_copy(partitions.get())};
    for (auto& partition : all_of(answer)) partition.offset = which;
    const auto error = rd_kafka_offsets_for_times(client, answer.get(), metadata_timeout_ms);
    auto fault = fault_in(error, answer);
    if (!fault) return answer;
    if (fault->blame != Blame::nobody || steady_clock::now() + pause > deadline) throw ClusterError(*std::move(fault));
  }
}

std::optional<std::string> value_of(const void* bytes, std::size_t size) {
  if (bytes == nullptr) return std::nullopt;
  return std::string{static_cast<const char*>(bytes), size};
}

ConsumedMessage value_of(const rd_kafka_message_t& message) {
  ConsumedMessage consumed{rd_kafka_topic_name(message.rkt),
                           message.partition,
                           message.offset,
                           value_of(message.key, message.key_len),
                           value_of(message.payload, message.len),
                           {},
                           rd_kafka_message_timestamp(&message, nullptr)};
  rd_kafka_headers_t* headers = nullptr;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return consumed;
  const char* name = nullptr;
  const void* bytes = nullptr;
  std::size_t size = 0;
  for (std::size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    consumed.headers.emplace_back(name, value_of(bytes, size));
  }
  return consumed;
}

}  // namespace

struct Consumer::Inside {
  TokenSource tokens;
  Client client;
  Partitions assigned;
  std::map<Place, std::int64_t> read;  ///< behind the last message that was taken
};

Consumer::Consumer(const Settings& settings, const std::vector<std::string>& topics, TokenSource tokens)
    : inside_(std::make_unique<Inside>(Inside{std::move(tokens), {}, {}, {}})) {
  inside_->client = open(settings, inside_->tokens);
  rd_kafka_poll_set_consumer(inside_->client.get());
  inside_->assigned.reset(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
  for (const std::string& topic : topics) add_partitions(inside_->client.get(), topic, inside_->assigned.get());
  rd_kafka_assign(inside_->client.get(), inside_->assigned.get());
}

Consumer::~Consumer() {
  if (inside_) rd_kafka_consumer_close(inside_->client.get());
}
Consumer::Consumer(Consumer&&) noexcept = default;
Consumer& Consumer::operator=(Consumer&&) noexcept = default;

// What is not a message (a broker that went away) is only news for this reader: librdkafka tries again by itself.
std::optional<ConsumedMessage> Consumer::next(milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  do {
    const auto left = std::max(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()), milliseconds{0});
    const Received message{rd_kafka_consumer_poll(inside_->client.get(), static_cast<int>(left.count()))};
    if (!message || message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    inside_->read[{rd_kafka_topic_name(message->rkt), message->partition}] = message->offset + 1;
    return value_of(*message);
  } while (steady_clock::now() < deadline);
  return std::nullopt;
}

std::vector<ConsumedMessage> Consumer::take(std::size_t count, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  std::vector<ConsumedMessage> messages;
  while (messages.size() < count) {
    auto message = next(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
    if (!message) break;
    messages.push_back(*std::move(message));
  }
  return messages;
}

std::vector<ConsumedMessage> Consumer::take_rest(milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  const auto firsts = bounds(inside_->client.get(), inside_->assigned, RD_KAFKA_OFFSET_BEGINNING, deadline);
  const auto lasts = bounds(inside_->client.get(), inside_->assigned, RD_KAFKA_OFFSET_END, deadline);
  std::map<Place, std::int64_t> ends;
  for (const auto& last : all_of(lasts)) {
    const auto* const first = rd_kafka_topic_partition_list_find(firsts.get(), last.topic, last.partition);
    if (last.offset > std::max(first->offset, inside_->read[{last.topic, last.partition}]))
      ends[{last.topic, last.partition}] = last.offset;
  }
  std::vector<ConsumedMessage> messages;
  while (!ends.empty()) {
    auto message = next(std::chrono::ceil<milliseconds>(deadline - steady_clock::now()));
    if (!message)
      throw ClusterError({Blame::nobody, "topic \"" + ends.begin()->first.first + "\": its end was not reached in time"});
    const auto end = ends.find({message->topic, message->partition});
    if (end != ends.end() && message->offset + 1 >= end->second) ends.erase(end);
    messages.push_back(*std::move(message));
  }
  return messages;
}

}  // namespace relay::kafka
