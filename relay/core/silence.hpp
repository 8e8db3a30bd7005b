#pragma once

#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace relay::core {

/// For how long Kafka has acknowledged nothing although rows are on their way to it, or not the lowest of them. Pure: told the
/// time, waits for nothing.
class Silence {
 public:
  /// It acknowledged something, or nothing is on its way.
  void broken(Instant now) noexcept { since_ = now; }
  void sent(Instant now) noexcept { patient_from_ = now; }
  /// It is over only now: leaders may still have to be elected, or be connected to again.
  void outage_over(Instant now) noexcept { patient_from_ = now; }
  /// The row that has been on its way for longest, under any number that stays its own while it is; none: nothing is. Others may be
  /// acknowledged steadily and hide that it is not: one partition has no leader.
  void waits_for(std::optional<std::uint64_t> row, Instant now) noexcept {
    if (std::exchange(awaited_, row) != row) awaited_since_ = now;
  }

  /// Longer than an acknowledgement takes.
  [[nodiscard]] bool is_odd(Instant now) const noexcept { return now - since_ >= odd; }
  /// Longer than electing leaders takes after a broker was lost, also for the row that was sent last, and after an outage.
  [[nodiscard]] bool is_long(Instant now) const noexcept { return now - std::max(since_, patient_from_) >= longest_election; }
  /// The same holds for the row that is waited for, whatever became of others.
  [[nodiscard]] bool waits_long(Instant now) const noexcept { return awaited_ && now - awaited_since_ >= longest_election; }

 private:
  static constexpr std::chrono::seconds odd{2};
  static constexpr std::chrono::seconds longest_election{10};  // KRaft: broker.session.timeout.ms is 9 s

  Instant since_;
  Instant patient_from_;
  std::optional<std::uint64_t> awaited_;
  Instant awaited_since_;
};

}  // namespace relay::core
