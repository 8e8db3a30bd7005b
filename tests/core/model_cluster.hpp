#pragma once

#include "relay/kafka/producer.hpp"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace model {

/// What arrived, in order; rows of the outbox are known by their value, which is their position.
struct Arrival {
  std::string topic;
  std::string key;
  std::int64_t position = 0;
};

class Sender;

/// A cluster as far as a publisher sees it, without any time of its own: messages arrive only when `work` is called.
///
/// A topic's batch is refused as a whole if it holds a row of `poison` (but not by the topic `dead`), and tells of every row of it
/// that it was refused. Then its producer cannot go on, as librdkafka's cannot that must not leave a gap; likewise now and then
/// for no reason, when nobody knows what of its batch has arrived. Each key is a partition: nothing arrives in one that is stuck.
class Cluster {
 public:
  Cluster(std::mt19937& random, std::vector<std::int64_t> poison) : random_(random), poison_(std::move(poison)) {}

  [[nodiscard]] std::unique_ptr<relay::kafka::Producer> make_producer(bool probing);
  /// Some of what was handed over arrives, or is refused.
  void work();
  void stick(std::string key) { stuck_ = std::move(key); }
  void unstick() { stuck_.reset(); }

  [[nodiscard]] const std::vector<Arrival>& arrived() const noexcept { return arrived_; }
  [[nodiscard]] bool refuses(const Arrival& message) const;
  [[nodiscard]] bool by_chance(int in) { return std::uniform_int_distribution(1, in)(random_) == 1; }
  [[nodiscard]] std::size_t at_most(std::size_t most) { return std::uniform_int_distribution<std::size_t>(1, most)(random_); }

 private:
  friend class Sender;

  std::mt19937& random_;
  std::vector<std::int64_t> poison_;
  std::optional<std::string> stuck_;
  std::vector<Sender*> senders_;
  std::vector<Arrival> arrived_;
};

}  // namespace model
