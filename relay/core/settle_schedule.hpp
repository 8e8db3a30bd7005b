#pragma once

#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/publisher.hpp"
#include "relay/core/settle_task.hpp"
#include "relay/domain/lock_waits.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace relay::core {

/// How much is settled at once, and how often is counted.
struct SettleRule {
  std::size_t batch_rows;                    ///< a settlement of so many waits for no more
  std::chrono::milliseconds count_interval;  ///< longer where counting takes long
};

/// What the settle worker does next, and when: settlements, in turn with dead letters and with rows that somebody else had locked;
/// now and then the backlog's count. One task at a time is under way. Says when settlements begin to wait for locks, and when none
/// does any more. The loop's thread.
class SettleSchedule {
 public:
  /// What it refers to outlives it.
  /// @param outbox  the table, as people know it
  SettleSchedule(SettleRule rule, std::string outbox, Publisher& publisher, Observer& observer);

  /// The next task but the count; it is under way until its result is taken. Asked after each time that outcomes were collected.
  /// @param stopping   what is acknowledged does not wait for more, and no dead letters are written
  /// @return nothing: a task is under way already, or none is to be done now
  [[nodiscard]] std::optional<SettleTask> next(bool stopping, Instant now);

  /// Whether to count the backlog now: that is under way then. Asked after `next`.
  [[nodiscard]] bool turn_to_count(Instant now);
  void count_at(Instant at) noexcept { next_count_ = at; }

  /// The earliest moment at which `next` may have rows to settle. @return nothing: not before something happens
  [[nodiscard]] std::optional<Instant> due() const;

  /// The task under way is over.
  void take(const Settled& settled, Instant now);
  void take(const Backlog& backlog, Instant now);
  void take(const DeadDone& /*done*/) noexcept { busy_ = false; }

  [[nodiscard]] bool busy() const noexcept { return busy_; }
  [[nodiscard]] std::size_t locked_rows() const noexcept { return lock_waits_.rows(); }
  /// Everything in flight waits for somebody else's locks.
  [[nodiscard]] bool only_locks_left() const;
  /// Whether there is anything left to settle that a relay which stops waits for.
  [[nodiscard]] bool settling(Instant now) const;

 private:
  [[nodiscard]] std::optional<SettleTask> acknowledged(bool stopping, Instant now);
  [[nodiscard]] std::optional<SettleTask> locked(Instant now);
  [[nodiscard]] std::optional<SettleTask> dead_letters(bool stopping);
  void say_locks();

  SettleRule rule_;
  std::string outbox_;
  Publisher& publisher_;
  Observer& observer_;
  LockWaits lock_waits_;
  Instant next_count_;
  std::optional<Instant> settle_since_;  // the oldest acknowledgement that nobody settles yet
  bool busy_ = false;
  bool others_next_ = false;  // settlements take turns with dead letters and with rows that were locked
  bool locks_said_ = false;
};

}  // namespace relay::core
