#pragma once

#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <chrono>

namespace relay::core {

/// When to look again: at once while more is waiting, soon while rows come, ever more seldom up to `longest` while none do.
/// Pure: told the time, waits for nothing itself.
class Pacing {
 public:
  Pacing(std::chrono::milliseconds shortest, std::chrono::milliseconds longest)
      : shortest_(shortest), longest_(longest), wait_(shortest) {}

  /// A claim was taken in.
  void claimed(bool rows, bool more, Instant now) {
    wait_ = rows ? shortest_ : std::min(longest_, wait_ * 2);
    next_ = more ? now : now + wait_;
  }

  /// A notification, a poke, a rewind: look now.
  void hurry(Instant now) {
    wait_ = shortest_;
    next_ = now;
  }

  /// Somebody waits for the next look.
  void soon(Instant at) { next_ = std::min(next_, at); }

  [[nodiscard]] Instant next() const noexcept { return next_; }

 private:
  std::chrono::milliseconds shortest_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds wait_;
  Instant next_{};
};

}  // namespace relay::core
