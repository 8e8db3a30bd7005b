#include "relay/domain/open_gaps.hpp"

#include <algorithm>
#include <iterator>

namespace relay {

void OpenGaps::open(Interval gap, Instant now) {
  gaps_[gap.low] = Gap{.high = gap.high, .opened_at = now, .serial = ++opened_};
}

bool OpenGaps::fill(Position position) {
  auto found = gaps_.upper_bound(position);
  if (found == gaps_.begin()) return false;
  --found;
  const auto low = found->first;
  const auto gap = found->second;
  if (position > gap.high) return false;
  if (position < gap.high) {
    auto rest = gap;
    gaps_[position + 1] = rest;
  }
  if (position > low) {
    gaps_[low].high = position - 1;
  } else {
    gaps_.erase(low);
  }
  return true;
}

void OpenGaps::writers(const std::set<WriterToken>& present, std::uint64_t opened_before) {
  for (auto& [reading, left] : generations_) {
    std::erase_if(left, [&](const WriterToken& token) { return !present.contains(token); });
  }
  const auto reading = ++readings_;
  bool used = false;
  for (auto& [low, gap] : gaps_) {
    if (gap.generation == 0 && gap.serial <= opened_before) {
      gap.generation = reading;
      used = true;
    }
  }
  if (used) generations_.emplace(reading, present);
}

template <typename Dead>
std::size_t OpenGaps::close_if(Position through, Dead dead) {
  std::size_t closed = 0;
  for (auto it = gaps_.begin(); it != gaps_.end() && it->first <= through;) {
    if (!dead(it->second)) {
      ++it;
      continue;
    }
    ++closed;
    if (it->second.high > through) {
      auto rest = it->second;
      it = gaps_.erase(it);
      it = std::next(gaps_.emplace(through + 1, rest).first);
    } else {
      it = gaps_.erase(it);
    }
  }
  drop_unused_generations();
  return closed;
}

std::size_t OpenGaps::close_proven(Position through) {
  return close_if(through, [&](const Gap& gap) {
    const auto writers = generations_.find(gap.generation);
    return writers != generations_.end() && writers->second.empty();
  });
}

std::size_t OpenGaps::close_older(Instant before, Position through) {
  return close_if(through, [&](const Gap& gap) { return gap.opened_at < before; });
}

void OpenGaps::forget_above(Position position) {
  gaps_.erase(gaps_.upper_bound(position), gaps_.end());
  if (!gaps_.empty() && gaps_.rbegin()->second.high > position) gaps_.rbegin()->second.high = position;
  drop_unused_generations();
}

void OpenGaps::drop_unused_generations() {
  std::set<std::uint64_t> used;
  for (const auto& [low, gap] : gaps_) used.insert(gap.generation);
  std::erase_if(generations_, [&](const auto& entry) { return !used.contains(entry.first); });
}

std::vector<Interval> OpenGaps::intervals() const {
  std::vector<Interval> all;
  all.reserve(gaps_.size());
  for (const auto& [low, gap] : gaps_) all.push_back({low, gap.high});
  return all;
}

std::optional<Instant> OpenGaps::oldest() const {
  if (gaps_.empty()) return std::nullopt;
  const auto oldest = std::ranges::min_element(gaps_, {}, [](const auto& entry) { return entry.second.opened_at; });
  return oldest->second.opened_at;
}

}  // namespace relay
