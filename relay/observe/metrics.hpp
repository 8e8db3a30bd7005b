#pragma once

#include "relay/core/status.hpp"
#include "relay/domain/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace relay::observe {

/// What Prometheus reads, every name with the prefix `outbox_relay_`.
///
/// Counters and histograms grow by the calls below, made per batch by any thread; all else is read from the status of the
/// moment when somebody asks. A number that is not known yet is left out: an absent series is not a zero.
class Metrics {
 public:
  /// Topics beyond this many are counted together as topic="other", so that a template over a wild column cannot flood Prometheus.
  static constexpr std::size_t topic_limit = 200;

  explicit Metrics(std::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;
  Metrics(Metrics&&) = delete;
  Metrics& operator=(Metrics&&) = delete;

  void claimed(std::size_t rows, std::chrono::nanoseconds took);
  void settled(std::size_t rows, std::chrono::nanoseconds took);
  void published(std::string_view topic, std::size_t rows);
  void end_to_end(std::span<const double> seconds);
  void publish_error(std::string_view error_class, std::size_t rows);
  void bad_rows(std::string_view policy, std::size_t rows);

  /// All metrics in Prometheus' text format 0.0.4.
  [[nodiscard]] std::string text(const core::Status& status, Micros now) const;

 private:
  class Registry;
  std::unique_ptr<Registry> registry_;
};

}  // namespace relay::observe
