#include "relay/core/cursor_topic.hpp"

#include "relay/kafka/cluster_error.hpp"
#include "relay/kafka/consumer.hpp"

#include <chrono>
#include <utility>
#include <vector>

namespace relay::core {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

}  // namespace

CursorTopic::CursorTopic(std::string topic, kafka::Settings settings, kafka::TokenSource tokens, MakeProducer make_producer)
    : topic_(std::move(topic)),
      settings_(std::move(settings)),
      tokens_(std::move(tokens)),
      make_producer_(std::move(make_producer)) {}

std::optional<std::string> CursorTopic::load(const std::string& name) {
  std::optional<std::string> state;
  kafka::Consumer consumer(settings_, {topic_}, tokens_);
  for (auto& message : consumer.take_rest(patience)) {
    if (message.key == name) state = std::move(message.value);
  }
  return state;
}

void CursorTopic::save(const std::string& name, const std::string& state) {
  write(name, &state);
}

void CursorTopic::remove(const std::string& name) {
  write(name, nullptr);
}

void CursorTopic::write(const std::string& name, const std::string* state) {
  const auto failed = [this](Blame blame, const std::string& why) {
    producer_.reset();
    return kafka::ClusterError({blame, "the topic " + topic_ + " (table.state) cannot be written: " + why});
  };
  if (!producer_) producer_ = make_producer_(true);
  const auto topic = producer_->topic_state(topic_, patience);
  if (topic.is == kafka::TopicState::Is::faulty) throw failed(Blame::topic, topic.reason);
  if (topic.is != kafka::TopicState::Is::ready) throw failed(Blame::nobody, topic.reason);
  const Message message{
      .topic = topic_, .key = Cell(name), .value = state == nullptr ? Cell() : Cell(*state), .headers = {}, .timestamp_ms = {}};
  if (producer_->send(message, 1) != kafka::Sent::accepted) throw failed(Blame::nobody, "its queue is full");
  if (!producer_->flush(patience)) throw failed(Blame::nobody, "no acknowledgement came");
  std::vector<kafka::Outcome> outcomes;
  producer_->collect(outcomes);
  for (const auto& outcome : outcomes) {
    if (outcome.fault) throw failed(outcome.fault->blame, outcome.fault->reason);
  }
}

}  // namespace relay::core
