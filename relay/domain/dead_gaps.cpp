#include "relay/domain/dead_gaps.hpp"

#include <algorithm>

namespace relay {

void DeadGaps::add(Interval gap) {
  gaps_.insert_or_assign(gap.high, gap.low);
  if (gaps_.size() > most) gaps_.erase(gaps_.begin());
}

std::size_t DeadGaps::arrived(std::span<const Position> positions) const {
  if (gaps_.empty()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(positions, [this](Position position) {
    const auto gap = gaps_.lower_bound(position);
    return gap != gaps_.end() && gap->second <= position;
  }));
}

}  // namespace relay
