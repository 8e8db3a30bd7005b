#include "relay/domain/lock_waits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace relay {
namespace {

constexpr std::size_t parts_at_once = 16;  // every part with a locked row costs a lock time-out
constexpr std::chrono::seconds ask_again{3};

}  // namespace

void LockWaits::add(std::vector<Acknowledged> rows, Instant now) {
  rows_ += rows.size();
  for (auto& row : rows) row.doubtful = true;  // whoever locks it may delete it, and write another one
  if (rows.size() == 1) return parts_.push_back({std::move(rows), now + ask_again});
  const auto size = (rows.size() + parts_at_once - 1) / parts_at_once;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = begin + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(size), rows.end() - begin);
    parts_.push_back({{begin, end}, now});
    begin = end;
  }
}

std::vector<Acknowledged> LockWaits::next(Instant now) {
  const auto part = std::ranges::find_if(parts_, [now](const auto& waiting) { return waiting.due <= now; });
  if (part == parts_.end()) return {};
  auto rows = std::move(part->rows);
  parts_.erase(part);
  under_way_ += rows.size();
  return rows;
}

void LockWaits::tried() noexcept {
  rows_ -= std::exchange(under_way_, 0);
}

std::optional<Instant> LockWaits::due() const {
  const auto first = std::ranges::min_element(parts_, {}, &Part::due);
  return first == parts_.end() ? std::nullopt : std::optional(first->due);
}

}  // namespace relay
