#pragma once

#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <chrono>

namespace relay::core {

/// For how long Kafka has acknowledged nothing although rows are on their way to it. Pure: told the time, waits for nothing.
class Silence {
 public:
  /// It acknowledged something, or nothing is on its way.
  void broken(Instant now) noexcept { since_ = now; }
  void sent(Instant now) noexcept { sent_at_ = now; }

  /// Longer than an acknowledgement takes.
  [[nodiscard]] bool is_odd(Instant now) const noexcept { return now - since_ >= odd; }
  /// Longer than electing leaders takes after a broker was lost, also for the row that was sent last.
  [[nodiscard]] bool is_long(Instant now) const noexcept { return now - std::max(since_, sent_at_) >= longest_election; }

 private:
  static constexpr std::chrono::seconds odd{2};
  static constexpr std::chrono::seconds longest_election{10};  // KRaft: broker.session.timeout.ms is 9 s

  Instant since_;
  Instant sent_at_;
};

}  // namespace relay::core
