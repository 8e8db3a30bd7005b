#include "relay/domain/table_window.hpp"

#include <algorithm>
#include <unordered_set>

namespace relay {
namespace {

/// Where there is no room to remember more, a pass has to be worth it.
constexpr std::chrono::microseconds least_progress = std::chrono::seconds(10);

}  // namespace

TableWindow::TableWindow(TableKeys keys, std::chrono::microseconds look_back, std::size_t most_rows)
    : keys_(keys), look_back_(look_back), remembered_(most_rows), newest_(most_rows), held_(most_rows), was_held_(most_rows) {}

void TableWindow::resume(const TableProgress& progress) {
  pages_.drop(pages_.last_number());
  remembered_.clear();
  newest_.clear();
  for (const auto& version : progress.sent_since) remembered_.remember(version);
  look_back_.resume(progress.low, progress.newest);
  low_ = cursor_low_ = progress.low;
  cursor_ = at_ = tip_ = progress.cursor;
  tips_.clear();
  form_ = cursor_.time;
  pass_ = Pass::none;
  held_.clear();
  was_held_.clear();
  sent_below_ = earliest_time;
  caught_up_ = has_held_ = was_full_ = has_tip_ = adopting_ = false;
}

void TableWindow::saw_end(std::optional<Micros> time, const TablePoint& last) {
  if (time) look_back_.saw(*time);
  if (keys_ == TableKeys::id) tip_ = last;  // whoever may still fill an id below it, draws it before the first horizon
  if (!last.time.empty()) form_ = last.time;
}

void TableWindow::adopt_from(const Horizon& horizon) {
  adopting_ = true;
  low_ = look_back_.take_at_end(horizon);
  cursor_ = at_ = {TablePoint::Kind::time, time_text(low_, form_), {}};
  cursor_low_ = low_;
}

bool TableWindow::adopts(const SentVersion& row) {
  if (!adopting_) return false;
  look_back_.saw(row.time);
  remember(row);
  return true;
}

bool TableWindow::is_new(const SentVersion& row) const noexcept {
  if (remembered_.knows(row.key, row.fingerprint) || newest_.knows(row.key, row.fingerprint)) return false;
  return row.time >= sent_below_ || was_held_.may_hold(row);
}

// Without an id the tip is a time, and all its rows are read again and again.
void TableWindow::remember(const SentVersion& version) {
  if (is_final(version.time) && version.time < std::min(held_.from(), was_held_.from())) return;
  if (remembered_.remember(version) || keys_ != TableKeys::time) return;
  if (std::exchange(newest_time_, version.time) != version.time) newest_.clear();
  newest_.remember(version);
}

bool TableWindow::pass_makes_sense(const Horizon& horizon) const {
  if (!full()) return true;
  auto after = look_back_;
  const auto low = after.take(horizon);
  return low != earliest_time && low - std::max(least_progress, look_back_.length()).count() > look_back_.low();
}

void TableWindow::begin_pass(const Horizon& horizon) {
  now_ = horizon.now;
  if (keys_ == TableKeys::id) {
    look_back_.saw(horizon.now);
    tips_.emplace_back(horizon.now, tip_);
  }
  low_ = look_back_.take(horizon);
  at_ = cursor_;
  held_.clear();
  pass_ = Pass::reading;
}

void TableWindow::open_page() {
  pages_.open(pass_ == Pass::reading);
}

TableWindow::Ticket TableWindow::sent(const SentVersion& row, std::size_t bytes) {
  auto& page = *pages_.find(pages_.last_number());
  auto version = row;
  if (keys_ == TableKeys::id) version.time = now_;
  if (keys_ != TableKeys::id) look_back_.saw(version.time);  // the page's last row may be at the end of time
  remember(version);
  page.sent.push_back(version);
  page.bytes += bytes;
  ++page.on_their_way;
  return {pages_.last_number(), static_cast<std::uint32_t>(page.sent.size() - 1)};
}

void TableWindow::held(const SentVersion& row) {
  pages_.find(pages_.last_number())->held = true;
  held_.add(row, keys_ != TableKeys::time);
}

void TableWindow::close_page(const TablePoint& last, Micros last_time, bool more) {
  auto& page = *pages_.find(pages_.last_number());
  page.end = last;
  page.end_time = last_time;
  page.taken = true;
  if (keys_ != TableKeys::id) look_back_.saw(last_time);
  if (!last.time.empty()) form_ = last.time;
  tip_ = last;
  if (!page.of_pass) return;
  at_ = last;
  if (more) return;
  pass_ = Pass::landing;
  has_tip_ = true;
  pass_end_ = pages_.last_number();
}

void TableWindow::acknowledged(const Ticket& ticket) {
  pages_.acknowledged(ticket.page);
}

const SentVersion* TableWindow::row_of(const Ticket& ticket) {
  const auto* page = pages_.find(ticket.page);
  return page == nullptr || ticket.row >= page->sent.size() ? nullptr : &page->sent[ticket.row];
}

bool TableWindow::advance() {
  while (const auto page = pages_.take_done()) {
    if (!page->of_pass || !is_final(page->end_time)) continue;
    cursor_ = page->end;
    cursor_low_ = page->end_time;
  }
  if (pass_ != Pass::landing || !pages_.landed(pass_end_)) return false;
  has_held_ = pages_.first_number() <= pass_end_;
  pages_.drop(pass_end_);
  pass_ = Pass::none;
  adopting_ = false;
  was_full_ = remembered_.full();
  std::swap(was_held_, held_);
  was_held_.complete();
  held_.clear();
  if (has_held_) {
    pass_by_what_is_held();
  } else {
    forget_what_is_final();
  }
  return true;
}

void TableWindow::pass_by_what_is_held() {
  if (keys_ == TableKeys::id) return forget_old_tips();
  sent_below_ = low_;
  forget_before(std::min(low_, was_held_.from()));
}

void TableWindow::forget_what_is_final() {
  caught_up_ = true;
  sent_below_ = earliest_time;
  auto final_before = low_;
  if (keys_ == TableKeys::id) {
    forget_old_tips();
    if (tips_.empty() || tips_.front().first > low_) return;
    final_before = tips_.front().first;
    cursor_ = tips_.front().second;
  } else if (low_ > cursor_low_) {
    cursor_ = {TablePoint::Kind::time, time_text(low_, form_), {}};
    if (keys_ == TableKeys::time && look_back_.newest()->time < low_) tip_ = cursor_;
  }
  cursor_low_ = std::max(cursor_low_, low_);
  forget_before(final_before);
}

void TableWindow::forget_before(Micros time) {
  remembered_.forget_before(time);
  if (newest_time_ < time) newest_.clear();
}

void TableWindow::forget_old_tips() {
  while (tips_.size() > 1 && tips_[1].first <= low_) tips_.pop_front();
}

void TableWindow::rewind() {
  for (const auto& page : pages_.all()) {
    if (page.on_their_way == 0) continue;
    for (const auto& version : page.sent) remembered_.forget(version.key);
  }
  newest_.clear();
  pages_.drop(pages_.last_number());
  pass_ = Pass::none;
  has_tip_ = false;
}

TableProgress TableWindow::progress(std::size_t most) const {
  TableProgress progress{.cursor = cursor_, .low = cursor_low_, .newest = look_back_.newest()};
  if (remembered_.full() || remembered_.size() > most) return progress;
  std::unordered_set<RowKey> open;
  for (const auto& page : pages_.all()) {
    if (page.on_their_way == 0) continue;
    for (const auto& version : page.sent) open.insert(version.key);
  }
  for (const auto& version : remembered_.all()) {
    if (!open.contains(version.key)) progress.sent_since.push_back(version);
  }
  return progress;
}

std::string time_text(Micros time, std::string_view form) {
  auto text = iso_timestamp(time).substr(0, 19);
  if (form.size() <= 10 || form[10] != 'T') text[10] = ' ';
  return text;
}

}  // namespace relay
