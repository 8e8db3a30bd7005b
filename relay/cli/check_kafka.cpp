#include "relay/cli/check.hpp"
#include "relay/config/oauth_command.hpp"
#include "relay/kafka/conf.hpp"
#include "relay/kafka/errors.hpp"
#include "relay/kafka/librdkafka_producer.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace relay::cli {
namespace {

using namespace std::chrono_literals;
using kafka::Destroy;

constexpr auto patience = 10s;
constexpr auto patience_for_limits = 3s;  // the cluster has answered before

using ConfigResource = std::unique_ptr<rd_kafka_ConfigResource_t, Destroy<rd_kafka_ConfigResource_destroy>>;
using AdminOptions = std::unique_ptr<rd_kafka_AdminOptions_t, Destroy<rd_kafka_AdminOptions_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_destroy>>;

struct TopicConfig {
  std::map<std::string, std::string, std::less<>> entries{};
  std::string refusal{};  ///< why it could not be read

  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const {
    const auto found = entries.find(name);
    if (found == entries.end()) return std::nullopt;
    return config::parse_count(found->second);
  }
};

int milliseconds(std::chrono::milliseconds time) {
  return static_cast<int>(time.count());
}

/// Its own client: an admin request needs one, and `check` may look deeper than a producer does.
class Cluster {
 public:
  Cluster(const kafka::Settings& settings, kafka::TokenSource tokens) : tokens_(std::move(tokens)), client_(open(settings)) {}

  [[nodiscard]] std::uint64_t own(const char* property) const {
    return config::parse_count(kafka::property(conf_copy_.get(), property)).value_or(0);
  }

  /// @return how many brokers answered for; the reason when none did
  std::optional<std::string> unreachable(int& brokers) const {
    const rd_kafka_metadata_t* answer = nullptr;
    const auto error = rd_kafka_metadata(client_.get(), 0, nullptr, &answer, milliseconds(patience));
    const kafka::Metadata metadata{answer};
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return rd_kafka_err2str(error);
    brokers = metadata->broker_cnt;
    return std::nullopt;
  }

  /// How many replicas each partition has.
  [[nodiscard]] int replicas(const std::string& topic) const {
    const kafka::TopicHandle handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
    const rd_kafka_metadata_t* answer = nullptr;
    if (rd_kafka_metadata(client_.get(), 0, handle.get(), &answer, milliseconds(patience)) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    const kafka::Metadata metadata{answer};
    const bool known = metadata->topic_cnt > 0 && metadata->topics[0].partition_cnt > 0;
    return known ? metadata->topics[0].partitions[0].replica_cnt : 0;
  }

  [[nodiscard]] TopicConfig describe(const std::string& topic) const {
    const ConfigResource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const AdminOptions options(rd_kafka_AdminOptions_new(client_.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
    std::array<char, 256> reason{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), milliseconds(patience_for_limits), reason.data(), reason.size());
    const kafka::Queue queue(rd_kafka_queue_new(client_.get()));
    std::array asked{resource.get()};
    rd_kafka_DescribeConfigs(client_.get(), asked.data(), asked.size(), options.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), milliseconds(patience_for_limits + 1s)));
    if (!event) return {.refusal = "no answer"};
    if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
      return {.refusal = rd_kafka_event_error_string(event.get())};
    return entries_of(rd_kafka_event_DescribeConfigs_result(event.get()));
  }

 private:
  kafka::Client open(const kafka::Settings& settings) {
    conf_copy_ = kafka::producer_conf(settings);
    kafka::Conf conf(rd_kafka_conf_dup(conf_copy_.get()));
    rd_kafka_conf_set_opaque(conf.get(), this);
    if (tokens_) kafka::use_tokens(conf.get(), on_token_wanted);
    rd_kafka_conf_set_log_cb(conf.get(), nullptr);  // what cannot be reached is said once, by the finding
    return kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf));
  }

  static TopicConfig entries_of(const rd_kafka_DescribeConfigs_result_t* result) {
    std::size_t count = 0;
    const auto* resources = rd_kafka_DescribeConfigs_result_resources(result, &count);
    if (count == 0) return {.refusal = "no answer"};
    if (rd_kafka_ConfigResource_error(resources[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return {.refusal = rd_kafka_err2str(rd_kafka_ConfigResource_error(resources[0]))};
    }
    TopicConfig config;
    const auto* entries = rd_kafka_ConfigResource_configs(resources[0], &count);
    for (std::size_t i = 0; i < count; ++i) {
      const char* value = rd_kafka_ConfigEntry_value(entries[i]);
      if (value != nullptr) config.entries.emplace(rd_kafka_ConfigEntry_name(entries[i]), value);
    }
    return config;
  }

  static void on_token_wanted(rd_kafka_t* client, const char* /*config*/, void* opaque) {
    kafka::refresh_token(client, static_cast<const Cluster*>(opaque)->tokens_);
  }

  kafka::TokenSource tokens_;
  kafka::Conf conf_copy_;
  kafka::Client client_;
};

void check_sizes(const std::string& item, const Cluster& cluster, const TopicConfig& config, Findings& findings) {
  const auto limit = config.number("max.message.bytes");
  if (!limit) return;
  for (const auto* property : {"message.max.bytes", "batch.size"}) {
    if (cluster.own(property) <= *limit) continue;
    findings.warn(item, std::string("kafka.") + property + " = " + std::to_string(cluster.own(property)) +
                            " is over the topic's max.message.bytes = " + std::to_string(*limit) +
                            ": the broker would refuse whole batches; set kafka." + property + "=" + std::to_string(*limit));
  }
}

void check_durability(const std::string& item, int replicas, const TopicConfig& config, Findings& findings) {
  const auto in_sync = config.number("min.insync.replicas");
  if (in_sync && *in_sync < 2) {
    findings.warn(item, "min.insync.replicas = " + std::to_string(*in_sync) + " with " + std::to_string(replicas) +
                            (replicas == 1 ? " replica" : " replicas") +
                            ": an acknowledged message can be lost with one broker; 2 of 3 is safe");
  }
  const auto unclean = config.entries.find("unclean.leader.election.enable");
  if (unclean != config.entries.end() && unclean->second == "true") {
    findings.warn(item, "unclean.leader.election.enable = true: an acknowledged message can be lost; set it to false");
  }
}

void check_topic(const std::string& topic, const Cluster& cluster, kafka::Producer& producer, Findings& findings) {
  using Is = kafka::TopicState::Is;
  const auto item = "topic " + topic;
  const auto state = producer.topic_state(topic, patience);
  if (state.is == Is::unknown_yet || state.is == Is::unanswered) return findings.down(item, state.reason);
  if (state.is == Is::faulty) return findings.fail(item, state.reason);
  findings.fine(item, "exists");
  const auto config = cluster.describe(topic);
  if (!config.refusal.empty()) {
    return findings.warn(
        item, "its limits cannot be read (" + config.refusal + "): kafka.message.max.bytes must not be over its max.message.bytes");
  }
  check_sizes(item, cluster, config, findings);
  check_durability(item, cluster.replicas(topic), config, findings);
}

bool check_token(const kafka::TokenSource& tokens, Findings& findings) {
  try {
    const auto token = tokens();
    const auto left = std::chrono::floor<std::chrono::seconds>(token.expires_at - std::chrono::system_clock::now());
    findings.fine("kafka token", "for " + token.principal + ", good for " + std::to_string(left.count()) + " s");
    return true;
  } catch (const std::exception& error) {
    findings.fail("kafka token", error.what());
    return false;
  }
}

}  // namespace

void check_kafka(const config::Settings& settings, const std::set<std::string>& topics, Findings& findings) {
  const auto tokens = config::tokens_printed_by(settings.oauth_command);
  if (tokens && !check_token(tokens, findings)) return;
  try {
    const Cluster cluster(settings.kafka, tokens);
    int brokers = 0;
    if (const auto reason = cluster.unreachable(brokers)) {
      return findings.down("kafka",
                           settings.values.text("kafka.bootstrap.servers") + ": " + *reason + std::string(kafka::cure_of_silence));
    }
    findings.fine("kafka", std::to_string(brokers) + (brokers == 1 ? " broker" : " brokers") + " at " +
                               settings.values.text("kafka.bootstrap.servers"));
    const auto producer = kafka::make_producer(settings.kafka, {}, tokens);
    for (const auto& topic : topics) check_topic(topic, cluster, *producer, findings);
    if (topics.empty())
      findings.fine("topics",
                    settings.message.topic + " is a template and no row waits: topics are looked at when their first row comes");
  } catch (const std::invalid_argument& error) {
    findings.fail("kafka", error.what());
  }
}

}  // namespace relay::cli
