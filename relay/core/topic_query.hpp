#pragma once

#include "relay/kafka/producer.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace relay::core {

/// Asks the cluster for its topics without letting a silent cluster hold up the loop: after a question that got no answer, no
/// topic is asked for during a pause, however many are waiting. One thread.
class TopicQuery {
 public:
  /// Lasts a second at most. @return unanswered: the topic waits as in an outage
  [[nodiscard]] kafka::TopicState ask(kafka::Producer& producer, const std::string& topic);
  /// A broker has said something else.
  void heard() noexcept { silent_ = false; }
  /// Why the last question got no answer, unless a broker was heard since.
  [[nodiscard]] std::optional<std::string> silence() const { return silent_ ? std::optional(reason_) : std::nullopt; }

 private:
  static constexpr std::chrono::milliseconds longest{1000};
  static constexpr std::chrono::milliseconds pause{1000};

  std::chrono::milliseconds limit_{longest};
  std::chrono::steady_clock::time_point ask_again_{};
  std::string reason_;  // why there was no answer
  bool silent_ = false;
};

}  // namespace relay::core
