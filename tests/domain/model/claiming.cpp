#include "tests/domain/model/claiming.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace model {

using relay::ClaimOrder;
using relay::Interval;
using relay::Position;

namespace {

constexpr std::size_t most_intervals = 3;  // few, so that gaps are merged
constexpr Interval below_first_row{relay::lowest_position + 1, 0};

std::vector<Position> positions_of(const std::vector<Event>& rows) {
  std::vector<Position> positions;
  for (const auto& row : rows) positions.push_back(row.id);
  return positions;
}

}  // namespace

void Claiming::begin_again() {
  const bool gaps_first = off_ == Rule::forward_before_gaps && order_.kind == ClaimOrder::Kind::forward;
  step_ = Step::writers;
  started_.reset();
  rows_read_ = more_ = false;
  rows_.clear();
  writers_.reset();
  gaps_read_through_ = relay::highest_position;
  reading_.reset();
  if (gaps_first) reading_.emplace(gaps(), order_.row_limit, most_intervals);
}

bool Claiming::advance(Outbox& outbox) {
  if (step_ == Step::writers) {
    if (order_.read_writers && off_ != Rule::writers_before_rows) writers_ = outbox.writers();
    step_ = reading_ && !reading_->asked().empty() ? Step::gaps : Step::rows;
  } else if (step_ == Step::late_writers) {
    if (order_.read_writers) writers_ = outbox.writers();
    step_ = Step::over;
  } else if (!started_) {
    started_ = outbox.now();
  } else if (step_ == Step::rows) {
    read_rows(outbox);
  } else if (step_ == Step::gaps) {
    read_gaps(outbox);
  }
  return step_ == Step::over;
}

void Claiming::read_rows(Outbox& outbox) {
  std::vector<Interval> where{{order_.after, relay::highest_position}};
  if (order_.after != relay::lowest_position) ++where.front().low;
  if (order_.kind == ClaimOrder::Kind::ids) {
    where.clear();
    for (const auto id : order_.ids) where.push_back({id, id});
  }
  const auto found = outbox.read(*std::exchange(started_, std::nullopt), where, order_.row_limit);
  more_ = found.size() == order_.row_limit;
  add(found);
  rows_read_ = true;
  after_rows();
}

void Claiming::after_rows() {
  const bool page_only = off_ == Rule::sweep_reads_below && order_.kind == ClaimOrder::Kind::sweep;
  const bool head_only = off_ == Rule::head_reads_below && order_.kind == ClaimOrder::Kind::head;
  step_ = after_all();
  if (reading_ || head_only || page_only || order_.kind == ClaimOrder::Kind::ids) return;
  reading_.emplace(gaps(), order_.row_limit, most_intervals);
  if (!reading_->asked().empty()) step_ = Step::gaps;
}

std::vector<Interval> Claiming::gaps() const {
  auto all = order_.gaps;
  const bool believes = off_ == Rule::known_rows_were_read && order_.kind == ClaimOrder::Kind::head;
  if (believes && all.size() > 2) all.erase(all.begin() + 1, all.end() - 1);
  if (off_ != Rule::new_gaps_included) {
    for (const auto& hole : relay::holes(order_.after, positions_of(rows_))) all.push_back(hole);
  }
  if (off_ == Rule::gap_below_first_row) std::erase_if(all, [](const auto& gap) { return gap.low == below_first_row.low; });
  return all;
}

void Claiming::read_gaps(Outbox& outbox) {
  const auto found = outbox.read(*std::exchange(started_, std::nullopt), reading_->asked(), order_.row_limit);
  const bool full = found.size() == order_.row_limit;
  const auto read_through_before = reading_->read_through();
  std::vector<Event> wanted;
  std::ranges::copy_if(found, std::back_inserter(wanted), [this](const Event& event) { return reading_->wants(event.id); });
  reading_->take(positions_of(found), full);
  add(wanted);
  if (reading_->asked().empty() || reads_no_more(full, read_through_before)) end_gaps();
}

bool Claiming::reads_no_more(bool full, Position read_through_before) const {
  const bool cut = reading_->read_through() != read_through_before;
  return (off_ == Rule::gaps_read_again && !full) || (off_ == Rule::cut_gaps_read_again && cut);
}

void Claiming::end_gaps() {
  gaps_read_through_ = reading_->read_through();
  more_ = more_ || gaps_read_through_ != relay::highest_position;
  if (rows_read_) keep_through(gaps_read_through_);
  step_ = rows_read_ ? after_all() : Step::rows;
}

void Claiming::add(const std::vector<Event>& events) {
  rows_.insert(rows_.end(), events.begin(), events.end());
  std::ranges::sort(rows_, {}, &Event::id);
}

void Claiming::keep_through(Position position) {
  std::erase_if(rows_, [position](const Event& event) { return event.id > position; });
}

relay::ClaimFindings Claiming::findings(std::vector<Position>& positions) const {
  positions = positions_of(rows_);
  relay::ClaimFindings findings{.number = order_.number,
                                .kind = order_.kind,
                                .positions = positions,
                                .gaps_read_through = gaps_read_through_,
                                .more = more_,
                                .writers = writers_};
  if (off_ == Rule::cut_proves_nothing_above) findings.gaps_read_through = relay::highest_position;
  if (off_ == Rule::stale_claims_thrown_away) findings.number = std::numeric_limits<std::uint64_t>::max();
  return findings;
}

}  // namespace model
