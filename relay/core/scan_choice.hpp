#pragma once

#include "relay/core/outbox_table.hpp"
#include "relay/domain/claim_window.hpp"

#include <optional>
#include <string>

namespace relay::core {

/// How rows are found, and why: `outbox.scan`, or what is known of the ids (guarantees.md, Late commits, 5 and 6).
class ScanChoice {
 public:
  /// @param wanted  none: gaps are watched as long as nothing speaks against it   @param strict  gaps are watched in any case
  ScanChoice(std::optional<Scan> wanted, bool strict) : wanted_(strict ? Scan::gaps : wanted), strict_(strict) {}

  /// What the table's declaration says.
  void learn(const OutboxTable& table) {
    proves_gaps_ = table.dialect->proves_gaps;
    source_ = table.source;
  }
  /// What the ids that were read say.
  void learn_sparse() noexcept { sparse_ = true; }
  void learn_drawn_ahead() noexcept { drawn_ahead_ = true; }

  [[nodiscard]] bool knows_drawn_ahead() const noexcept { return drawn_ahead_; }
  [[nodiscard]] bool free() const noexcept { return !wanted_; }
  [[nodiscard]] Scan scan() const noexcept;
  /// A part of a sentence.
  [[nodiscard]] std::string why() const;
  /// Why rows cannot be sent in the order of their ids, as `outbox.order = strict` wants it, and the cure. @return empty: they can
  [[nodiscard]] std::string against_strict() const;

 private:
  [[nodiscard]] std::string against_gaps() const;

  std::optional<Scan> wanted_;
  bool strict_;
  bool proves_gaps_ = true;  // as long as nothing else is known
  PositionSource source_;
  bool sparse_ = false;
  bool drawn_ahead_ = false;
};

/// `gaps` or `head`.
[[nodiscard]] std::string_view word_of(Scan scan) noexcept;

}  // namespace relay::core
