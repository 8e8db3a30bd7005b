#pragma once

#include "relay/domain/backoff.hpp"
#include "relay/domain/row.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace relay::core {

/// Producers that were given up one after the other. The first is replaced at once, since one message may have cost it; where no
/// message ever arrives, as without the right to write, the next ones are replaced later and later.
class LostProducers {
 public:
  /// The producer can send no more. Said in every turn until it is replaced.
  /// @param random  0 to 1, drawn by the caller   @return when its time comes
  [[nodiscard]] Instant lost(const std::string& why, double random, Instant now) {
    if (!replace_at_) {
      repeated_ = !why_.empty();
      replace_at_ = repeated_ ? now + backoff_.next(random) : now;
      why_ = why;
    }
    return *replace_at_;
  }

  void replaced() noexcept { replace_at_.reset(); }

  /// A message arrived, or was refused for what it is: the broker lets producers in.
  void arrived() {
    if (why_.empty()) return;
    why_.clear();
    repeated_ = false;
    backoff_.reset();
  }

  /// The producer is lost, and not replaced yet: nothing can be sent.
  [[nodiscard]] bool waits() const noexcept { return replace_at_.has_value(); }
  /// Why nothing arrives, where more than one was lost since something did.
  [[nodiscard]] std::optional<std::string> outage() const { return repeated_ ? std::optional(why_) : std::nullopt; }

 private:
  Backoff backoff_{std::chrono::seconds(1), std::chrono::seconds(30)};
  std::string why_;  // the last one was lost; empty: something has arrived since
  bool repeated_ = false;
  std::optional<Instant> replace_at_;
};

}  // namespace relay::core
