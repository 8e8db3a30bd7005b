#pragma once

#include "relay/kafka/settings.hpp"
#include "relay/kafka/token.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace relay::kafka {

/// A message as a consumer sees it. No value: NULL.
struct ConsumedMessage {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers;
  std::int64_t timestamp_ms = 0;
};

/// Reads topics from their beginning. It joins no group and commits nothing. One thread at a time.
class Consumer {
 public:
  /// @param settings  librdkafka's properties; bootstrap.servers at least; files with secrets are read here
  /// @param topics    all their partitions as they are now
  /// @param tokens    as of make_producer
  /// @throws std::invalid_argument  bad settings
  /// @throws ClusterError           no broker answers within ten seconds, or a topic does not exist
  Consumer(const Settings& settings, const std::vector<std::string>& topics, TokenSource tokens = {});
  ~Consumer();
  Consumer(Consumer&&) noexcept;
  Consumer& operator=(Consumer&&) noexcept;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  /// Waits at most this long for a message.
  [[nodiscard]] std::optional<ConsumedMessage> next(std::chrono::milliseconds limit);

  /// Waits until that many messages have come, or as long as `limit`.
  [[nodiscard]] std::vector<ConsumedMessage> take(std::size_t count, std::chrono::milliseconds limit);

  /// Reads on to where the partitions end now. @throws ClusterError  the brokers do not say where, or it takes longer
  [[nodiscard]] std::vector<ConsumedMessage> take_rest(std::chrono::milliseconds limit);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace relay::kafka
