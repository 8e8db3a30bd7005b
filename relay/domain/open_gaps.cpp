#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace relay {

void OpenGaps::open(Interval gap, Instant now) {
  assert(gaps_.empty() || gaps_.back().interval.high < gap.low);
  gaps_.push_back({gap, now, ++opened_});
}

std::size_t OpenGaps::fill(std::span<const Position> positions) {
  const auto holding = [this](Position position) {
    const auto gap = std::ranges::lower_bound(gaps_, position, {}, [](const Gap& each) { return each.interval.high; });
    return gap != gaps_.end() && gap->interval.low <= position;
  };
  const auto filled = static_cast<std::size_t>(std::ranges::count_if(positions, holding));
  if (filled == 0) return 0;
  Gaps left;
  left.reserve(gaps_.size() + filled);
  auto next = positions.begin();
  for (const auto& gap : gaps_) {
    while (next != positions.end() && *next < gap.interval.low) ++next;
    auto low = gap.interval.low;
    for (; next != positions.end() && *next <= gap.interval.high; ++next) {
      if (*next > low) left.push_back({{low, *next - 1}, gap.opened_at, gap.serial});
      low = *next + 1;
    }
    if (low <= gap.interval.high) left.push_back({{low, gap.interval.high}, gap.opened_at, gap.serial});
  }
  gaps_ = std::move(left);
  return filled;
}

OpenGaps::Gaps::iterator OpenGaps::after_serial(std::uint64_t serial) {
  return std::ranges::upper_bound(gaps_, serial, {}, &Gap::serial);
}

void OpenGaps::writers(const std::set<WriterToken>& present, std::uint64_t opened_before) {
  for (auto& reading : readings_) {
    std::erase_if(reading.left, [&](const WriterToken& token) { return !present.contains(token); });
  }
  if (opened_before > read_through_) {
    readings_.push_back({opened_before, present});
    read_through_ = opened_before;
  }
  tidy_readings();
}

/// Drops readings that hold nothing, and those after which the same writers are left as in the next: that one stands for both.
void OpenGaps::tidy_readings() {
  std::vector<Reading> kept;
  auto gap = gaps_.begin();
  for (auto& reading : readings_) {
    const auto end = after_serial(reading.through);
    if (gap == end) continue;
    gap = end;
    if (!kept.empty() && kept.back().left == reading.left) {
      kept.back().through = reading.through;
    } else {
      kept.push_back(std::move(reading));
    }
  }
  readings_ = std::move(kept);
}

std::size_t OpenGaps::close(Gaps::iterator first, Gaps::iterator last, Position through, std::vector<Interval>* closed_gaps) {
  const auto reached = std::find_if(first, last, [=](const Gap& gap) { return gap.interval.high > through; });
  auto closed = static_cast<std::size_t>(reached - first);
  if (closed_gaps != nullptr) {
    for (auto gap = first; gap != reached; ++gap) closed_gaps->push_back(gap->interval);
  }
  if (reached != last && reached->interval.low <= through) {
    if (closed_gaps != nullptr) closed_gaps->push_back({reached->interval.low, through});
    reached->interval.low = through + 1;
    ++closed;
  }
  gaps_.erase(first, reached);
  return closed;
}

std::size_t OpenGaps::close_proven(Position through) {
  std::size_t closed = 0;
  std::uint64_t before = 0;
  for (const auto& reading : readings_) {
    if (reading.left.empty()) closed += close(after_serial(before), after_serial(reading.through), through, &dead_);
    before = reading.through;
  }
  tidy_readings();
  return closed;
}

std::size_t OpenGaps::close_older(Instant before, Position through) {
  const auto young = std::ranges::lower_bound(gaps_, before, {}, &Gap::opened_at);
  return close(gaps_.begin(), young, through);
}

void OpenGaps::forget_above(Position position) {
  gaps_.erase(std::ranges::upper_bound(gaps_, position, {}, [](const Gap& gap) { return gap.interval.low; }), gaps_.end());
  if (!gaps_.empty() && gaps_.back().interval.high > position) gaps_.back().interval.high = position;
}

std::vector<Interval> OpenGaps::intervals() const {
  std::vector<Interval> all;
  all.reserve(gaps_.size());
  for (const auto& gap : gaps_) all.push_back(gap.interval);
  return all;
}

std::optional<Instant> OpenGaps::oldest() const {
  return gaps_.empty() ? std::nullopt : std::optional(gaps_.front().opened_at);
}

}  // namespace relay
