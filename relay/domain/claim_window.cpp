#include "relay/domain/claim_window.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {

ClaimOrder ClaimWindow::start(ClaimOrder::Kind kind, std::size_t row_limit) {
  assert(!under_way_);
  under_way_ = true;
  writers_asked_ = false;
  opened_at_order_ = gaps_.opened();
  return {.kind = kind, .number = ++number_, .after = last_, .gaps = {}, .ids = {}, .row_limit = row_limit};
}

/// What has to be read again whenever a row above is new.
std::vector<Interval> ClaimWindow::below(Position through) const {
  if (scan_ == Scan::head) return known_.unknown_through(through);
  auto gaps = gaps_.intervals();
  gaps.erase(std::ranges::upper_bound(gaps, through, {}, &Interval::low), gaps.end());
  if (!gaps.empty()) gaps.back().high = std::min(gaps.back().high, through);
  return gaps;
}

ClaimOrder ClaimWindow::order(Scan scan, std::size_t row_limit, bool read_writers) {
  scan_ = scan;
  auto order = start(scan == Scan::gaps ? ClaimOrder::Kind::forward : ClaimOrder::Kind::head, row_limit);
  order.gaps = below(last_);
  order.read_writers = writers_asked_ = read_writers && !gaps_.empty();
  return order;
}

ClaimOrder ClaimWindow::order_gaps(std::size_t row_limit, bool read_writers) {
  auto order = this->order(Scan::gaps, row_limit, read_writers);
  order.after = highest_position;
  return order;
}

ClaimOrder ClaimWindow::order_sweep(std::size_t row_limit) {
  auto order = start(ClaimOrder::Kind::sweep, row_limit);
  order.after = sweep_after_;
  order.gaps = below(sweep_after_);  // what lies between the page's rows is read again anyway
  return order;
}

ClaimOrder ClaimWindow::order_ids(std::vector<Position> ids) {
  auto order = start(ClaimOrder::Kind::ids, ids.size());
  order.ids = std::move(ids);
  return order;
}

bool ClaimWindow::take(const ClaimFindings& findings, Instant now) {
  under_way_ = false;
  writers_unknown_ = false;
  if (findings.number <= stale_through_) return false;
  const auto behind = static_cast<std::size_t>(std::ranges::upper_bound(findings.positions, last_) - findings.positions.begin());
  late_arrivals_ += gaps_.fill(findings.positions.first(behind));
  drawn_ahead_ += dead_.arrived(findings.positions);
  if (findings.kind == ClaimOrder::Kind::sweep) take_sweep(findings, behind);
  if (findings.kind == ClaimOrder::Kind::head) take_head(findings.positions, behind);
  if (findings.kind == ClaimOrder::Kind::head || findings.kind == ClaimOrder::Kind::forward) note_read(findings);
  if (findings.kind != ClaimOrder::Kind::forward) return true;
  writers_unknown_ = writers_asked_ && !findings.writers && findings.gaps_read_through == highest_position;
  if (findings.writers) {
    gaps_.writers(*findings.writers, opened_at_order_);
    gaps_.close_proven(std::min(last_, findings.gaps_read_through));
    note_dead();
  }
  take_forward(findings, behind, now);
  return true;
}

/// Elsewhere a gap may have been a row that was sent or parked, and that comes back (`replay`, `dead retry`).
void ClaimWindow::note_dead() {
  for (const auto& gap : gaps_.take_dead()) {
    if (!shared_ && watches_ && gap.low > old_through_) dead_.add(gap);
  }
}

void ClaimWindow::take_head(std::span<const Position> positions, std::size_t behind) {
  late_arrivals_ += behind;
  known_.add(positions);
  if (!positions.empty()) last_ = std::max(last_, positions.back());
}

/// The page's last row is where the next one begins; a gap reading that was cut before leaves the page to be read again.
void ClaimWindow::take_sweep(const ClaimFindings& findings, std::size_t behind) {
  const auto end = findings.positions.empty() ? lowest_position : findings.positions.back();
  sweep_after_ = findings.more && end < last_ ? std::max(sweep_after_, end) : lowest_position;
  if (scan_ == Scan::head) known_.add(findings.positions.first(behind));
}

void ClaimWindow::handed_on(std::span<const Position> waiting, Position lowest_in_flight) {
  if (scan_ != Scan::head) return;
  known_.wait(waiting);
  known_.forget_settled(lowest_in_flight);
}

void ClaimWindow::take_forward(const ClaimFindings& findings, std::size_t behind, Instant now) {
  const auto ahead = findings.positions.subspan(behind);
  if (caught_up_) density_.read(behind, ahead);
  if (!ahead.empty()) {
    if (caught_up_ && !std::exchange(watches_, true)) old_through_ = std::max(old_through_, ahead.front());
    for (const auto& hole : holes(last_, ahead)) gaps_.open(hole, now);
    last_ = ahead.back();
  }
  caught_up_ = caught_up_ || !findings.more;
  density_.skip_through(last_);
}

void ClaimWindow::note_read(const ClaimFindings& findings) noexcept {
  if (!findings.more) {
    read_again_from_ = highest_position;
  } else if (!findings.positions.empty()) {
    read_again_from_ = std::max(read_again_from_, findings.positions.back() + 1);
  }
}

void ClaimWindow::rewind(Position position) {
  stale_through_ = number_;
  read_again_from_ = std::min(read_again_from_, position);
  known_.forget_from(position);
  if (position == lowest_position) {
    dead_.clear();
    caught_up_ = watches_ = false;
  }
  if (position > last_) return;
  old_through_ = std::max(old_through_, last_);
  last_ = position == lowest_position ? lowest_position : position - 1;
  gaps_.forget_above(last_);
  sweep_after_ = std::min(sweep_after_, last_);
}

}  // namespace relay
