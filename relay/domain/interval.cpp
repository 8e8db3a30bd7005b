#include "relay/domain/interval.hpp"

namespace relay {

std::vector<Interval> holes(Position after, std::span<const Position> positions) {
  std::vector<Interval> found;
  for (const auto position : positions) {
    if (position - 1 > after) found.push_back({after + 1, position - 1});
    after = position;
  }
  return found;
}

std::vector<Interval> without(std::span<const Interval> intervals, std::span<const Position> positions) {
  std::vector<Interval> left;
  auto next = positions.begin();
  for (auto rest : intervals) {
    while (next != positions.end() && *next < rest.low) ++next;
    bool used_up = false;
    for (; next != positions.end() && *next <= rest.high; ++next) {
      if (*next > rest.low) left.push_back({rest.low, *next - 1});
      used_up = *next == rest.high;
      if (!used_up) rest.low = *next + 1;
    }
    if (!used_up) left.push_back(rest);
  }
  return left;
}

std::vector<Interval> merged(std::span<const Interval> intervals, std::size_t most) {
  const auto group = (intervals.size() + most - 1) / most;
  std::vector<Interval> result;
  for (std::size_t i = 0; i < intervals.size(); i += group) {
    const auto last = std::min(i + group, intervals.size()) - 1;
    result.push_back({intervals[i].low, intervals[last].high});
  }
  return result;
}

}  // namespace relay
