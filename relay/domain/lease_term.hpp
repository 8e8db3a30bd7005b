#pragma once

#include <algorithm>
#include <chrono>

namespace relay {

/// Time as CLOCK_BOOTTIME counts it: also while the machine sleeps, when a steady clock stands still. Pure code is told it.
struct BootTime {
  using duration = std::chrono::nanoseconds;
};
using BootInstant = std::chrono::time_point<BootTime>;

/// How long the holder of a lease may act on it, decided without asking anybody.
///
/// The database lets the lease expire `ttl` after it has taken the renewal in, so never before `ttl` after the renewal was SENT:
/// counted from then, the holder stops before anybody else can begin, whatever the two clocks show. A margin before the end is for
/// what was begun in time and takes a while, and for clocks that run at different speeds.
class LeaseTerm {
 public:
  /// @param sent_at  taken before the renewal left
  LeaseTerm(BootInstant sent_at, std::chrono::milliseconds ttl) noexcept : ends_(sent_at + ttl - ttl / 5) {}

  /// Whether the holder may still claim and produce.
  [[nodiscard]] bool lasts(BootInstant now) const noexcept { return now < ends_; }

 private:
  BootInstant ends_;
};

/// A renewal may fail twice before the term ends.
[[nodiscard]] constexpr std::chrono::milliseconds renew_after(std::chrono::milliseconds ttl) noexcept {
  return ttl / 3;
}

/// Who stands by asks often enough to notice a lease that is given back, and at the moment when one that is not expires.
/// @param left  until the other's lease expires
[[nodiscard]] constexpr std::chrono::milliseconds ask_again_after(std::chrono::milliseconds ttl,
                                                                  std::chrono::milliseconds left) noexcept {
  constexpr std::chrono::milliseconds shortest{20};
  constexpr std::chrono::milliseconds longest{1000};
  return std::clamp(left, shortest, std::max(shortest, std::min(renew_after(ttl), longest)));
}

}  // namespace relay
