#include "relay/domain/look_back.hpp"

#include <algorithm>

namespace relay {
namespace {

constexpr Micros second = 1'000'000;

/// Between the moment that a writer takes its time from the clock and the moment that it can be seen to run. MySQL shows its
/// transactions up to 0.1 s late, and their starts, and its statements' ages, in whole seconds.
constexpr Micros margin = second;

/// Columns with a lower precision cut their times: as low as any of them does.
constexpr Micros whole_second(Micros time) noexcept {
  const auto cut = time % second;
  return time - (cut < 0 ? cut + second : cut);
}

}  // namespace

void LookBack::resume(Micros low, std::optional<NewestSeen> newest) noexcept {
  low_ = low;
  newest_ = newest;
  grew_ = false;
}

void LookBack::saw(Micros time) noexcept {
  if (time == earliest_time || time == latest_time || (newest_ && newest_->time >= time)) return;
  newest_ = {time, newest_ ? newest_->at : 0};
  grew_ = true;
}

// The newest row was written before this horizon was read, so counting from now on only makes the table's clock slower.
Micros LookBack::take(const Horizon& horizon) noexcept {
  if (grew_) newest_->at = horizon.now;
  grew_ = false;
  if (!newest_ || horizon.held) return low_;
  const auto tables_clock = std::min(horizon.now, newest_->time + std::max<Micros>(0, horizon.now - newest_->at));
  const auto age = std::max<Micros>(0, horizon.now - horizon.oldest_start.value_or(horizon.now));
  low_ = std::max(low_, whole_second(tables_clock - age - length_.count() - margin));
  return low_;
}

Micros LookBack::take_at_end(const Horizon& horizon) noexcept {
  const auto low = take(horizon);
  if (low != earliest_time) return low;
  return (newest_ ? std::min(newest_->time, horizon.now) : horizon.now) - length_.count();
}

}  // namespace relay
