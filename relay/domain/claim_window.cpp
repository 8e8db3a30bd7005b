#include "relay/domain/claim_window.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {

ClaimOrder ClaimWindow::start(ClaimOrder::Kind kind, std::size_t row_limit) {
  assert(!under_way_);
  under_way_ = true;
  opened_at_order_ = gaps_.opened();
  return {.kind = kind, .number = ++number_, .after = last_, .gaps = {}, .ids = {}, .row_limit = row_limit};
}

ClaimOrder ClaimWindow::order(Scan scan, std::size_t row_limit, bool read_writers) {
  if (scan == Scan::head) return order_sweep(row_limit);
  auto order = start(ClaimOrder::Kind::forward, row_limit);
  order.gaps = gaps_.intervals();
  order.read_writers = read_writers && !gaps_.empty();
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
  if (findings.number <= stale_through_) return false;
  for (const auto position : findings.positions) {
    if (position <= last_ && gaps_.fill(position)) ++late_arrivals_;
  }
  if (findings.kind != ClaimOrder::Kind::forward) return true;
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

void ClaimWindow::rewind(Position position) {
  stale_through_ = number_;
  if (position > last_) return;
  last_ = position == lowest_position ? lowest_position : position - 1;
  gaps_.forget_above(last_);
}

}  // namespace relay
