#pragma once

#include "relay/core/status.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace relay::core {

enum class Level : std::uint8_t { debug, info, warning, error };

/// Whoever watches the loop: log, metrics, endpoints. The loop and its workers tell; they never ask and never wait for it.
/// Called from several threads at once; calls come per batch, not per row, and must not block.
class Observer {
 public:
  virtual ~Observer() = default;

  /// One line for a person. Secrets never get here.
  virtual void say(Level level, std::string_view line) = 0;

  virtual void claimed(std::size_t rows, std::chrono::nanoseconds took) = 0;
  virtual void settled(std::size_t rows, std::chrono::nanoseconds took) = 0;
  virtual void published(std::string_view topic, std::size_t rows) = 0;
  /// Seconds from created_at to Kafka's acknowledgement, one per row that has a created_at.
  virtual void end_to_end(std::span<const double> seconds) = 0;
  /// @param error_class  `row`, `topic` or `outage`
  virtual void publish_error(std::string_view error_class, std::size_t rows) = 0;
  /// @param policy  what was done about them: `block`, `park` or `topic`
  virtual void bad_rows(std::string_view policy, std::size_t rows) = 0;

  /// The loop's heartbeat: at least once a second while the loop is alive, whatever is down (also /livez).
  virtual void status(const Status& now) = 0;
};

}  // namespace relay::core
