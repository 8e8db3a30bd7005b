#include "relay/domain/known_rows.hpp"

#include <algorithm>
#include <iterator>

namespace relay {

std::vector<KnownRows::Run>::iterator KnownRows::first_reaching(Position position) {
  return std::ranges::lower_bound(runs_, position, {}, [](const Run& run) { return run.interval.high; });
}

void KnownRows::add(std::span<const Position> positions) {
  for (const auto position : positions) add(position);
}

void KnownRows::add(Position position) {
  const auto next = first_reaching(position);
  if (next != runs_.end() && next->interval.low <= position) return;
  const bool joins_next = next != runs_.end() && next->interval.low - 1 == position;
  const bool joins_former = next != runs_.begin() && std::prev(next)->interval.high + 1 == position;
  if (joins_former && joins_next) {
    const auto former = std::prev(next);
    next->interval.low = former->interval.low;
    next->waits = next->waits || former->waits;
    runs_.erase(former);
  } else if (joins_former) {
    std::prev(next)->interval.high = position;
  } else if (joins_next) {
    next->interval.low = position;
  } else {
    runs_.insert(next, {{position, position}, false});
  }
}

void KnownRows::wait(std::span<const Position> positions) {
  for (const auto position : positions) {
    const auto run = first_reaching(position);
    if (run != runs_.end() && run->interval.low <= position) run->waits = true;
  }
}

void KnownRows::forget_from(Position position) {
  const auto run = first_reaching(position);
  const bool cut = run != runs_.end() && run->interval.low < position;
  if (cut) run->interval.high = position - 1;
  runs_.erase(cut ? std::next(run) : run, runs_.end());
}

void KnownRows::forget_settled(Position lowest_in_flight) {
  std::erase_if(runs_, [=](const Run& run) { return !run.waits && run.interval.high < lowest_in_flight; });
  for (auto& run : runs_) {
    if (!run.waits) run.interval.low = std::max(run.interval.low, lowest_in_flight);
  }
}

std::vector<Interval> KnownRows::unknown_through(Position last) const {
  std::vector<Interval> unknown;
  unknown.reserve(runs_.size() + 1);
  auto next = lowest_position + 1;
  for (const auto& run : runs_) {
    if (run.interval.low > last) break;
    if (run.interval.low > next) unknown.push_back({next, run.interval.low - 1});
    if (run.interval.high >= last) return unknown;
    next = run.interval.high + 1;
  }
  if (next <= last) unknown.push_back({next, last});
  return unknown;
}

}  // namespace relay
