#pragma once

#include "relay/kafka/producer.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

/// Takes everything, and counts it.
class Counter final : public relay::kafka::Producer {
 public:
  explicit Counter(std::atomic<int>& count) : count_(count) {}
  [[nodiscard]] std::optional<relay::Fault> check(const relay::Message& /*message*/) const override { return std::nullopt; }
  [[nodiscard]] relay::kafka::Sent send(const relay::Message& /*message*/, relay::kafka::Ticket ticket) override {
    ++count_;
    sent_.push_back({ticket, std::nullopt});
    return relay::kafka::Sent::accepted;
  }
  void collect(std::vector<relay::kafka::Outcome>& outcomes) override {
    outcomes.insert(outcomes.end(), sent_.begin(), sent_.end());
    sent_.clear();
  }
  void notify(int /*eventfd*/) override {}
  [[nodiscard]] relay::kafka::TopicState topic_state(std::string_view /*topic*/, std::chrono::milliseconds /*limit*/) override {
    return {relay::kafka::TopicState::Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return sent_.empty(); }
  [[nodiscard]] std::optional<std::string> fatal() const override { return std::nullopt; }
  [[nodiscard]] std::optional<std::string> outage() const override { return std::nullopt; }
  [[nodiscard]] relay::kafka::Traffic traffic() const override { return {sent_.size(), {}}; }

 private:
  std::atomic<int>& count_;
  std::vector<relay::kafka::Outcome> sent_;
};

}  // namespace faults
