#include "relay/domain/claim_window.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {

ClaimOrder ClaimWindow::start(ClaimOrder::Kind kind, std::size_t row_limit) {
  assert(!under_way_);
  under_way_ = true;
  sweeping_ = true;
  writers_asked_ = false;
  opened_at_order_ = gaps_.opened();
  return {.kind = kind, .number = ++number_, .after = last_, .gaps = {}, .ids = {}, .row_limit = row_limit};
}

ClaimOrder ClaimWindow::order(Scan scan, std::size_t row_limit, bool read_writers) {
  if (scan == Scan::head) {
    auto order = order_sweep(row_limit);
    sweeping_ = false;
    return order;
  }
  auto order = start(ClaimOrder::Kind::forward, row_limit);
  sweeping_ = false;
  order.gaps = gaps_.intervals();
  order.read_writers = writers_asked_ = read_writers && !gaps_.empty();
  return order;
}

ClaimOrder ClaimWindow::order_gaps(std::size_t row_limit, bool read_writers) {
  auto order = this->order(Scan::gaps, row_limit, read_writers);
  order.after = highest_position;
  return order;
}

ClaimOrder ClaimWindow::order_sweep(std::size_t row_limit) {
  auto order = start(ClaimOrder::Kind::head, row_limit);
  order.after = lowest_position;
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
  const auto behind = std::ranges::upper_bound(findings.positions, last_) - findings.positions.begin();
  late_arrivals_ += gaps_.fill(findings.positions.first(static_cast<std::size_t>(behind)));
  if (!sweeping_) note_read(findings);
  if (findings.kind != ClaimOrder::Kind::forward) return true;
  writers_unknown_ = writers_asked_ && !findings.writers && findings.gaps_read_through == highest_position;
  if (findings.writers) {
    gaps_.writers(*findings.writers, opened_at_order_);
    gaps_.close_proven(std::min(last_, findings.gaps_read_through));
  }
  take_forward(findings.positions, now);
  return true;
}

void ClaimWindow::take_forward(std::span<const Position> positions, Instant now) {
  const auto fresh = std::ranges::upper_bound(positions, last_);
  const std::span ahead(fresh, positions.end());
  if (ahead.empty()) return;
  for (const auto& hole : holes(last_, ahead)) gaps_.open(hole, now);
  last_ = ahead.back();
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
  if (position > last_) return;
  last_ = position == lowest_position ? lowest_position : position - 1;
  gaps_.forget_above(last_);
}

}  // namespace relay
