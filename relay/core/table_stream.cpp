#include "relay/core/table_stream.hpp"

#include "relay/core/table_progress.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t most_saved = 1000;  // rows that are saved with a cursor
constexpr seconds save_interval{1};
constexpr seconds held_interval{1};
constexpr seconds longest_rest{5};

TableProgress beginning_of(const TableStart& start, const std::optional<TableEnd>& end) {
  TableProgress progress;
  if (start.from == TableStart::From::time) {
    progress.cursor = {TablePoint::Kind::time, time_text(start.time, {}), {}};
    progress.low = start.time;
  } else if (start.from == TableStart::From::latest && end && end->point.time.empty()) {
    progress.cursor = end->point;
  }
  return progress;
}

}  // namespace

TableStream::TableStream(std::size_t index, PolledSettings settings, TablePace pace, std::size_t most_remembered, Instant now)
    : index_(index),
      settings_(std::move(settings)),
      pace_(pace),
      window_(settings_.table.keys(), settings_.table.look_back, most_remembered),
      pacing_(pace.shortest, pace.longest),
      next_pass_(now),
      next_save_(now) {}

bool TableStream::rests(bool bounded) const noexcept {
  const bool at_end = window_.caught_up() || window_.has_held();  // for it may be about to be read again
  return !asked_ && (bounded || (at_end && !window_.pass_under_way() && started_));
}

// While a pass lands, only what lies above is read.
Instant TableStream::next_read(const TableTurn& turn) const noexcept {
  if (asked_) return Instant::max();
  if (!started_ || at_end_) return turn.now;
  if (turn.rows == 0) return Instant::max();
  if (window_.reading_pass()) return turn.now;
  const auto pass = window_.pass_under_way() ? Instant::max() : next_pass_;
  if (turn.draining) return window_.caught_up() ? Instant::max() : pass;
  return window_.has_tip() ? std::min(pass, pacing_.next()) : pass;
}

Instant TableStream::next_save() const noexcept {
  const bool changed = dirty_ || window_.remembered().size() != remembered_when_saved_;
  const bool may = started_ && !at_end_ && !window_.adopting() && !saving_;
  return may && changed ? next_save_ : Instant::max();
}

std::optional<TableTask> TableStream::next_task(const TableTurn& turn) {
  using Kind = TableTask::Kind;
  if (turn.now < next_read(turn)) return std::nullopt;
  const auto task = [&](Kind kind, const TablePoint& after) {
    asked_ = true;
    return TableTask{kind, index_, life_, after, turn.rows, {}};
  };
  if (!started_) return task(Kind::start, {});
  if (at_end_) return task(Kind::horizon, {});
  if (window_.reading_pass()) return task(Kind::page, window_.pass_at());
  if (window_.pass_under_way() || turn.now < next_pass_) return task(Kind::page, window_.tip());
  const bool granted = !window_.full() || worth_a_pass_;
  return granted ? task(Kind::pass, window_.cursor()) : task(Kind::horizon, {});
}

TableTask TableStream::page_behind(const TablePoint& last, std::size_t rows) {
  asked_ = true;
  return {TableTask::Kind::page, index_, life_, last, rows, {}};
}

std::optional<TableTask> TableStream::save_task(bool at_once, Instant now) {
  const auto due = next_save();
  if (due == Instant::max() || (!at_once && now < due)) return std::nullopt;
  saving_ = true;
  dirty_ = window_.pages().rows_on_their_way() > 0;
  remembered_when_saved_ = window_.remembered().size();
  next_save_ = now + save_interval;
  return TableTask{TableTask::Kind::save, index_, life_, {}, 0, to_text(window_.progress(most_saved))};
}

bool TableStream::answered(const TableAnswer& answer) noexcept {
  asked_ = false;
  return answer.life == life_;
}

void TableStream::start(const TableAnswer& answer, Instant now) {
  const auto progress = answer.saved ? progress_from(*answer.saved) : beginning_of(settings_.table.start, answer.end);
  require_fit(progress, settings_.table.keys());
  window_.resume(progress);
  if (answer.end) window_.saw_end(answer.end->time, answer.end->point);
  at_end_ =
      !answer.saved && answer.end && !answer.end->point.time.empty() && settings_.table.start.from == TableStart::From::latest;
  started_ = true;
  dirty_ = !answer.saved;
  next_pass_ = next_save_ = now;
}

void TableStream::heed(const Horizon& horizon, Instant now, Observer& observer) {
  const auto& table = settings_.table.table;
  if (std::exchange(at_end_, false)) window_.adopt_from(horizon);
  if (sees_writers_ != horizon.sees_writers) {
    sees_writers_ = horizon.sees_writers;
    if (!horizon.sees_writers) {
      observer.say(Level::warning, "table " + table +
                                       ": who still writes cannot be seen here, so a transaction that stays open for longer than "
                                       "table.look-back may be missed; see `outbox-relay check`");
    }
  }
  if (window_.full() && !told_full_) {
    observer.say(Level::warning, "table " + table + ": the look-back window has more rows than are remembered (" +
                                     std::to_string(window_.remembered().size()) +
                                     "); the others are sent again when it is read again");
  }
  told_full_ = window_.full();
  worth_a_pass_ = window_.pass_makes_sense(horizon);
  if (worth_a_pass_) return;
  next_pass_ = now + std::max<milliseconds>(pace_.longest, held_interval);
}

void TableStream::begin_pass(const Horizon& horizon, Instant now) {
  window_.begin_pass(horizon);
  worth_a_pass_ = false;
  pass_began_ = now;
}

void TableStream::published(std::size_t sent, bool more, Instant now) {
  dirty_ = dirty_ || sent > 0;
  pacing_.claimed(sent > 0, more, now);
}

bool TableStream::advance(Instant now) {
  if (!window_.advance()) return false;
  const auto rest = std::min<Instant::duration>(4 * (now - pass_began_), longest_rest);
  next_pass_ = now + std::max<Instant::duration>(rest, pace_.longest);
  if (window_.has_held()) next_pass_ = std::max(next_pass_, now + held_interval);
  return true;
}

void TableStream::hurry(Instant now) {
  next_pass_ = now;
  pacing_.hurry(now);
}

// Nothing of a pass that counts as sent can be lost; begun anew it would take in what has come since.
void TableStream::rewind(Instant now) {
  if (window_.adopting()) return;
  window_.rewind();
  ++life_;
  next_pass_ = now;
  worth_a_pass_ = true;
}

void TableStream::give_up() noexcept {
  started_ = dirty_ = false;
  ++life_;
}

void TableStream::report(TableStatus& status) const {
  status.name = settings_.table.table;
  status.time = window_.cursor().time;
  status.id = window_.cursor().id;
  status.window_rows = window_.remembered().size();
  status.window_bytes = window_.remembered_bytes();
  status.window_full = window_.full();
  status.sees_writers = sees_writers_.value_or(false);
  status.held_rows = window_.held_rows();
}

}  // namespace relay::core
