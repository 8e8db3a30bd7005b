#pragma once

#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace relay {

/// So many rows a second at most: a token bucket, kept as the instant at which what was sent is paid for. Pure: told the time.
///
/// It holds a tenth of a second's rows: read that many at a time, ten times a second, and none before `open_at`. Who reads late
/// catches up by as much, so in any span of time no more is sent than the rate allows, and two buckets full.
class RateLimit {
 public:
  /// @param rows_per_second  at least 1; none: no limit
  explicit RateLimit(std::optional<std::uint64_t> rows_per_second) : rate_(rows_per_second) {}

  [[nodiscard]] bool limits() const noexcept { return rate_.has_value(); }

  /// How many rows may be sent at once.
  [[nodiscard]] std::size_t bucket() const noexcept { return std::max<std::size_t>(1, *rate_ / 10); }
  [[nodiscard]] std::size_t at_most(std::size_t rows) const noexcept { return rate_ ? std::min(rows, bucket()) : rows; }

  /// None is to be sent before.
  [[nodiscard]] Instant open_at() const noexcept { return open_at_; }

  /// These were sent. More than the bucket holds are paid for later.
  void sent(std::size_t rows, Instant now) noexcept {
    if (!rate_ || rows == 0) return;
    open_at_ = std::max(open_at_, now - price_of(bucket())) + price_of(rows);
  }

 private:
  /// Rounded up: the rate is an upper bound.
  [[nodiscard]] std::chrono::nanoseconds price_of(std::size_t rows) const noexcept {
    constexpr std::uint64_t second = 1'000'000'000;
    return std::chrono::nanoseconds((rows * second + *rate_ - 1) / *rate_);
  }

  std::optional<std::uint64_t> rate_;
  Instant open_at_{};
};

}  // namespace relay
