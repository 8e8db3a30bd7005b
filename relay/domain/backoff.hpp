#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace relay {

/// How long to wait before trying again: doubling from `first` to `most`, each wait shortened by up to half at random so that
/// many relays that lost the same server do not come back at the same moment.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most) : first_(first), most_(most), next_(first) {}

  /// @param random  0 to 1, drawn by the caller
  [[nodiscard]] std::chrono::milliseconds next(double random) {
    const auto full = next_;
    next_ = std::min(next_ * 2, most_);
    return full - std::chrono::milliseconds(static_cast<std::int64_t>(random * static_cast<double>(full.count()) / 2));
  }

  void reset() noexcept { next_ = first_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
};

}  // namespace relay
