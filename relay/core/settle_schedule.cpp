#include "relay/core/settle_schedule.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds settle_linger{5};  // acknowledgements come by partition: a little later they make full ranges
constexpr int count_share = 100;          // of the time at most a hundredth is spent on counting

}  // namespace

SettleSchedule::SettleSchedule(SettleRule rule, std::string outbox, Publisher& publisher, Observer& observer)
    : rule_(rule), outbox_(std::move(outbox)), publisher_(publisher), observer_(observer) {}

std::optional<SettleTask> SettleSchedule::next(bool stopping, Instant now) {
  if (!settle_since_ && publisher_.in_flight().acknowledged() > 0) settle_since_ = now;
  if (busy_) return std::nullopt;
  std::optional<SettleTask> task;
  if (std::exchange(others_next_, false)) {
    task = dead_letters(stopping);
    if (!task) task = locked(now);
  }
  if (!task) task = acknowledged(stopping, now);
  if (!task) task = locked(now);
  if (!task) task = dead_letters(stopping);
  busy_ = task.has_value();
  return task;
}

std::optional<SettleTask> SettleSchedule::acknowledged(bool stopping, Instant now) {
  auto& in_flight = publisher_.in_flight();
  const bool enough = in_flight.acknowledged() >= rule_.batch_rows;
  const bool lingers = !enough && !stopping && settle_since_ && now < *settle_since_ + settle_linger;
  if (in_flight.acknowledged() == 0 || lingers) return std::nullopt;
  settle_since_.reset();
  others_next_ = true;
  return in_flight.take_acknowledged();
}

std::optional<SettleTask> SettleSchedule::locked(Instant now) {
  auto rows = lock_waits_.next(now);
  if (rows.empty()) return std::nullopt;
  return rows;
}

std::optional<SettleTask> SettleSchedule::dead_letters(bool stopping) {
  if (stopping) return std::nullopt;
  return publisher_.take_dead_work();
}

bool SettleSchedule::turn_to_count(Instant now) {
  if (busy_ || now < next_count_) return false;
  busy_ = true;
  return true;
}

std::optional<Instant> SettleSchedule::due() const {
  if (busy_) return std::nullopt;
  const auto locked = lock_waits_.due();
  if (!settle_since_) return locked;
  const auto full = *settle_since_ + settle_linger;
  return std::min(full, locked.value_or(full));
}

void SettleSchedule::take(const Settled& settled, Instant now) {
  busy_ = false;
  lock_waits_.tried();
  if (!settled.locked.empty()) lock_waits_.add(settled.locked, now);
  say_locks();
}

void SettleSchedule::take(const Backlog& backlog, Instant now) {
  busy_ = false;
  next_count_ = now + std::max<milliseconds>(rule_.count_interval, backlog.took * count_share);
}

bool SettleSchedule::only_locks_left() const {
  return lock_waits_.rows() > 0 && publisher_.in_flight().rows() == lock_waits_.rows();
}

/// What is locked is not waited for; what was only in one statement with it is settled.
bool SettleSchedule::settling(Instant now) const {
  const auto parts = lock_waits_.due();
  return busy_ || publisher_.in_flight().rows() > lock_waits_.rows() || (parts && *parts <= now);
}

/// Once when it begins and once when it ends.
void SettleSchedule::say_locks() {
  const bool locked = lock_waits_.rows() > 0;
  if (std::exchange(locks_said_, locked) == locked) return;
  if (locked) {
    observer_.say(Level::warning, "a settlement waits: another transaction holds a lock on rows of " + outbox_ +
                                      " that Kafka has; they are tried again, and all others go on");
  } else {
    observer_.say(Level::info, "no settlement waits for a lock any more");
  }
}

}  // namespace relay::core
