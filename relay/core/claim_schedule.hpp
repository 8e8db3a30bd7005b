#pragma once

#include "relay/core/held_rows.hpp"
#include "relay/core/pacing.hpp"
#include "relay/core/publisher.hpp"
#include "relay/domain/claim_window.hpp"
#include "relay/domain/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace relay::core {

/// How often and how much is read.
struct ClaimRule {
  std::chrono::milliseconds poll_interval{1000};
  std::chrono::milliseconds min_interval{2};
  std::size_t batch_rows = 5000;  ///< of one claim; the pipeline holds four
  std::size_t batch_bytes = 16 << 20;
  std::chrono::milliseconds sweep_interval{60000};
  std::optional<std::uint64_t> max_rate;  ///< rows per second; none: no limit
};

/// Which claim comes next, and when: the lowest rows of those who wait first, then a look from the head where its time has come,
/// else the next rows. A sweep over many rows that wait leaves most of the turns to the next rows. The loop's thread.
class ClaimSchedule {
 public:
  /// What it refers to outlives it.
  ClaimSchedule(const ClaimRule& rule, ClaimWindow& window, Publisher& publisher, const HeldRows& held, Instant now);

  /// @param most_rows       that may be claimed at all: 0 leaves only probes
  /// @param sweep_allowed   to begin: a drain sweeps only when nothing is in flight
  /// @return nothing: it is not time yet, or there is no room
  [[nodiscard]] std::optional<ClaimOrder> next(Scan scan, std::size_t most_rows, bool sweep_allowed, Instant now);

  /// For another claim's rows.
  [[nodiscard]] bool room() const;

  /// The earliest moment at which `next` may have an order, if no claim is under way. @param sweep_allowed  as of `next`
  [[nodiscard]] std::optional<Instant> due(bool sweep_allowed) const;

  /// What the claim of rows asked for; empty unless it was a probe.
  [[nodiscard]] std::vector<Position> take_probing() { return std::exchange(probing_, {}); }

  /// A claim of rows was taken in.
  void claimed(bool rows, bool more, Instant now) { pacing_.claimed(rows, more, now); }
  /// A notification, a rewind: look now.
  void hurry(Instant now) { pacing_.hurry(now); }
  /// Rows were sent: none are read before the rate allows it.
  void sent(std::size_t rows, Instant now) noexcept { rate_.sent(rows, now); }
  /// A claim brought nothing but rows that wait: the next ones bring more at once, or a rate that is low would starve who comes
  /// behind them.
  void reach_further(bool only_waiting) noexcept {
    reach_ = only_waiting && rate_.limits() ? std::min(reach_ * 2, rule_.batch_rows) : 1;
  }
  /// How many rows of one claim may be sent: one that reached further may have brought more than the rate allows.
  [[nodiscard]] std::size_t most_to_send() const noexcept {
    return reach_ > 1 ? rate_.bucket() : std::numeric_limits<std::size_t>::max();
  }
  [[nodiscard]] const RateLimit& rate() const noexcept { return rate_; }
  /// Rows wait for a gap.
  void held(Instant now);
  void sweep_at(Instant at) noexcept { next_sweep_ = at; }
  /// A poke may mean rows below the last one read (`replay`), or that a fault is mended. An application may also poke after each
  /// commit: sweeps and probes are seldom all the same.
  void look_everywhere(Instant now);

 private:
  [[nodiscard]] bool turn_to_sweep(bool sweep_allowed, bool rows_due, Instant now);

  ClaimRule rule_;
  ClaimWindow& window_;
  Publisher& publisher_;
  const HeldRows& held_;
  Pacing pacing_;
  RateLimit rate_;
  Instant next_sweep_;
  Instant poked_at_;  // when everybody was, or will be, looked at because of a poke
  Instant next_writers_;
  std::vector<Position> probing_;
  std::size_t reach_ = 1;      // times the rows that the rate allows, for each claim
  int claims_since_page_ = 0;  // of a sweep
};

}  // namespace relay::core
