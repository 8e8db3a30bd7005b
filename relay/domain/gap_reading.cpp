#include "relay/domain/gap_reading.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace relay {
namespace {

/// The parts above a position.
std::vector<Interval> above(std::span<const Interval> intervals, Position position) {
  auto first = std::ranges::upper_bound(intervals, position, {}, &Interval::high);
  std::vector<Interval> rest(first, intervals.end());
  if (!rest.empty()) rest.front().low = std::max(rest.front().low, position + 1);
  return rest;
}

/// The parts up to a position.
void keep_through(std::vector<Interval>& intervals, Position position) {
  intervals.erase(std::ranges::upper_bound(intervals, position, {}, &Interval::low), intervals.end());
  if (!intervals.empty()) intervals.back().high = std::min(intervals.back().high, position);
}

}  // namespace

GapReading::GapReading(std::vector<Interval> gaps, std::size_t enough, std::size_t most_intervals)
    : gaps_(std::move(gaps)), rest_(gaps_), enough_(enough), most_intervals_(most_intervals) {
  ask();
}

void GapReading::ask() {
  taken_from_rest_ = merge_ ? rest_.size() : std::min(rest_.size(), most_intervals_);
  asked_ = merged(std::span(rest_).first(taken_from_rest_), most_intervals_);
}

bool GapReading::wants(Position position) const noexcept {
  const auto gap = std::ranges::lower_bound(gaps_, position, {}, &Interval::high);
  return gap != gaps_.end() && gap->low <= position;
}

void GapReading::take(std::span<const Position> positions, bool full, bool stop) {
  std::ranges::copy_if(positions, std::back_inserter(found_), [this](Position position) { return wants(position); });
  if (full) {
    const auto through = positions.back();
    if (stop || found_.size() >= enough_) {
      read_through_ = through;
      keep_through(gaps_, through);
      return next_round();
    }
    // Rows that nobody asked for filled the page, and might again and again (those of blocked keys stay): go on without merging.
    merge_ = false;
    rest_ = above(rest_, through);
  } else {
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(taken_from_rest_));
  }
  if (rest_.empty()) return next_round();
  ask();
}

void GapReading::next_round() {
  const bool over = found_.empty();
  gaps_ = without(gaps_, found_);
  found_.clear();
  merge_ = true;
  rest_ = over ? std::vector<Interval>{} : gaps_;
  ask();
}

}  // namespace relay
