#pragma once

#include "relay/core/ending.hpp"
#include "relay/domain/open_gaps.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace relay::core {

/// When `drain` is over; a relay that runs has none.
struct DrainRule {
  bool until_empty = false;
  std::optional<std::uint64_t> max_rows;         ///< send no more than that
  std::optional<std::chrono::seconds> max_time;  ///< claim no longer than that
};

/// What a drain is told of the relay each time it is asked.
struct DrainView {
  bool settled = false;         ///< leads, and nothing is under way: no claim, no row, no settlement, no open question
  bool outbox_seen = false;     ///< the database answered once
  std::string database_outage;  ///< why it cannot be used now; empty: it can
  std::string kafka_outage;     ///< the same for Kafka
  std::string lease;            ///< who has it, or why that is not known
  std::string blocked_reason;   ///< of one of those that wait
};

/// Whether the outbox is drained, or why it will not be. Pure: told what was seen, waits for nothing.
class Drain {
 public:
  Drain(DrainRule rule, Instant now) : rule_(rule), started_at_(now) {}

  [[nodiscard]] bool until_empty() const noexcept { return rule_.until_empty; }
  /// How many rows may still be sent. @param on_their_way  are not relayed yet, and may be
  [[nodiscard]] std::size_t may_send(std::size_t on_their_way = 0) const noexcept;
  /// None may be sent any more, and whether any are left is not known: one row is to be claimed, which tells.
  [[nodiscard]] bool has_to_look() const noexcept { return all_relayed() && !rows_left_; }

  /// Rows that wait, or fail and are sent again, count once or not at all: who comes behind them has its turn.
  void relayed(std::size_t rows) noexcept { rows_relayed_ += rows; }
  /// Rows will be read again: whatever was known of the table's emptiness is of the past.
  void rows_come() noexcept;
  /// A claim brought rows.
  void rows_came() noexcept {
    rows_come();
    rows_left_ = all_relayed();
  }
  /// A page of a sweep was taken: rows that were there, of which some are moving, sent now or soon. @param over  it was the last
  /// page
  void swept(std::size_t rows, std::size_t moving, bool over) noexcept;
  /// All was looked at in one go. @param empty  nothing was there   @param only_blocked  nothing but rows that wait
  void looked(bool empty, bool only_blocked) noexcept {
    swept_empty_ = empty;
    rows_left_ = !empty;
    only_blocked_ = only_blocked;
  }
  void outage(bool is, Instant now) { outage_since_ = is ? outage_since_.value_or(now) : std::optional<Instant>{}; }
  void stands_by(std::optional<Instant> since) noexcept { standby_since_ = since; }

  /// @return nothing: go on
  [[nodiscard]] std::optional<Ending> over(const DrainView& view, const std::string& lease_name, Instant now) const;

 private:
  [[nodiscard]] bool all_relayed() const noexcept { return rule_.max_rows && rows_relayed_ >= *rule_.max_rows; }

  DrainRule rule_;
  Instant started_at_;
  std::uint64_t rows_relayed_ = 0;
  struct Round {
    bool empty = true;    // nothing was there, so far
    bool blocked = true;  // or nothing but rows that wait
  } round_;
  bool in_round_ = false;
  bool swept_empty_ = false;  // by the last sweep, and since then nothing came
  bool only_blocked_ = false;
  bool rows_left_ = false;  // as it was seen after the last one that may be sent
  std::optional<Instant> outage_since_;
  std::optional<Instant> standby_since_;
};

}  // namespace relay::core
