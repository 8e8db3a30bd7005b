#include "relay/core/topic_query.hpp"

#include <algorithm>

namespace relay::core {
namespace {

/// While no broker is up a question only finds out that one is again. It grows: the answer may have a long way.
constexpr std::chrono::milliseconds briefest{100};

}  // namespace

kafka::TopicState TopicQuery::ask(kafka::Producer& producer, const std::string& topic) {
  using Is = kafka::TopicState::Is;
  if (std::chrono::steady_clock::now() < ask_again_) return {Is::unanswered, reason_, 0};
  if (producer.outage() && !silent_) limit_ = briefest;
  auto state = producer.topic_state(topic, limit_);
  silent_ = state.is == Is::unanswered;
  if (silent_) {
    reason_ = state.reason;
    limit_ = std::min(limit_ * 2, longest);
    ask_again_ = std::chrono::steady_clock::now() + pause;
  } else {
    limit_ = longest;
  }
  return state;
}

}  // namespace relay::core
