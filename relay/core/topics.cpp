#include "relay/core/topics.hpp"

#include <utility>

namespace relay::core {

Topics::Number Topics::number_of(std::string_view name) {
  if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
  const auto number = static_cast<Number>(topics_.size());
  topics_.emplace_back().name = name;
  numbers_.emplace(name, number);
  return number;
}

std::optional<Fault> Topics::fault(kafka::Producer& producer, Number topic) {
  auto& entry = topics_[topic];
  if (entry.ready) return std::nullopt;
  auto state = query_.ask(producer, entry.name);
  entry.ready = state.is == kafka::TopicState::Is::ready;
  entry.partitions = state.partitions;
  if (entry.ready) return std::nullopt;
  const auto blame = state.is == kafka::TopicState::Is::faulty ? Blame::topic : Blame::nobody;
  return Fault{blame, std::move(state.reason)};
}

bool Topics::outage_is_over(kafka::Producer& producer, Number topic) {
  return query_.ask(producer, topics_[topic].name).is != kafka::TopicState::Is::unanswered;
}

void Topics::doubt_all() {
  for (auto& topic : topics_) topic.ready = false;
}

std::string Topics::unheard(Number topic) const {
  return "topic \"" + name(topic) +
         "\": a row of it is not acknowledged: see whether its brokers can be reached, each partition has a leader, and as many "
         "replicas are in sync as min.insync.replicas says";
}

void Topics::tell_acknowledged(Observer& observer) {
  for (auto& topic : topics_) {
    if (topic.acknowledged > 0) observer.published(topic.name, std::exchange(topic.acknowledged, 0));
  }
}

}  // namespace relay::core
