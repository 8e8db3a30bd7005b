#pragma once

#include "relay/domain/interval.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace relay {

/// Steady time as the relay was told it; pure code never asks a clock.
using Instant = std::chrono::steady_clock::time_point;

/// Names one transaction that may still insert, on MySQL and MariaDB its connection; never given again to another one.
using WriterToken = std::string;

/// Which ids below the last one read may still appear.
///
/// Ids are drawn before commit, so a lower id can become visible after a higher one was read. A gap stays open until its row
/// arrives or until it is proven dead (guarantees.md, Late commits, 4): see the gap, read who could still fill it, wait until
/// none of these is left, then find nothing in a read that starts afterwards. Where writers cannot be read, a gap expires
/// after a long time instead.
class OpenGaps {
 public:
  /// @param gap  above all that are open
  void open(Interval gap, Instant now);

  /// Rows arrived. @param positions  ascending @return how many of them were in open gaps
  std::size_t fill(std::span<const Position> positions);

  /// Who could still fill a gap, as read at one moment after `opened_before` gaps had been opened (see `opened`);
  /// gaps that were opened later wait for the next reading.
  void writers(const std::set<WriterToken>& present, std::uint64_t opened_before);

  /// A read that started after the last `writers` reading covered all gaps up to `through` and brought what is there:
  /// gaps without a possible writer are dead. @return how many gaps were closed, as a whole or in part
  std::size_t close_proven(Position through);
  /// Takes what was proven dead since the last call.
  [[nodiscard]] std::vector<Interval> take_dead() { return std::exchange(dead_, {}); }

  /// The same where writers cannot be read: gaps opened before `before` are given up.
  std::size_t close_older(Instant before, Position through);

  /// Forgets all gaps above a position (a rewind reads there again anyway).
  void forget_above(Position position);

  /// How many gaps were ever opened: the mark that `writers` refers to.
  [[nodiscard]] std::uint64_t opened() const noexcept { return opened_; }
  [[nodiscard]] std::size_t size() const noexcept { return gaps_.size(); }
  [[nodiscard]] bool empty() const noexcept { return gaps_.empty(); }
  [[nodiscard]] std::vector<Interval> intervals() const;
  [[nodiscard]] std::optional<Instant> oldest() const;
  /// Below it nothing is open: the lowest position that may still appear, `highest_position` where there is none.
  [[nodiscard]] Position lowest() const noexcept { return gaps_.empty() ? highest_position : gaps_.front().interval.low; }

 private:
  struct Gap {
    Interval interval;
    Instant opened_at;
    std::uint64_t serial = 0;  ///< counts up with every gap opened; parts of a split gap share it
  };
  /// Holds open the gaps with serials up to `through`, from the former reading's on.
  struct Reading {
    std::uint64_t through = 0;
    std::set<WriterToken> left;
  };
  using Gaps = std::vector<Gap>;

  [[nodiscard]] Gaps::iterator after_serial(std::uint64_t serial);
  std::size_t close(Gaps::iterator first, Gaps::iterator last, Position through, std::vector<Interval>* closed_gaps = nullptr);
  void tidy_readings();

  // By position, which is also by serial and by age: gaps are opened above all others. A flat list, because a claim copies it
  // and hardly ever changes it: 100,000 gaps cost a tree twenty milliseconds a claim.
  Gaps gaps_;
  std::vector<Interval> dead_;
  std::vector<Reading> readings_;  // by `through`; neighbours differ in who is left
  std::uint64_t opened_ = 0;
  std::uint64_t read_through_ = 0;  // serials up to here belong to a reading
};

}  // namespace relay
