#include "relay/core/held_rows.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace relay::core {

bool HeldRows::holds(Position position) const {
  return std::ranges::any_of(
      claims_, [&](const Claim& claim) { return std::ranges::binary_search(claim.rows, position, {}, &Row::position); });
}

void HeldRows::add(Claim claim) {
  std::erase_if(claim.rows, [this](const Row& row) { return holds(row.position); });
  if (!claim.rows.empty()) claims_.push_back(std::move(claim));
}

void HeldRows::release_below(Position limit, const Publish& publish) {
  struct Released {
    Row row;
    std::shared_ptr<const OutboxTable> table;  // its claim may go meanwhile: by a rewind
  };
  std::vector<Released> released;
  for (auto& claim : claims_) {
    const auto end = std::ranges::lower_bound(claim.rows, limit, {}, &Row::position);
    for (auto row = claim.rows.begin(); row != end; ++row) released.push_back({*row, claim.table});
    claim.rows.erase(claim.rows.begin(), end);
  }
  std::ranges::sort(released, {}, [](const auto& it) { return it.row.position; });
  for (const auto& [row, table] : released) publish(table, std::span(&row, 1));
  std::erase_if(claims_, [](const Claim& claim) { return claim.rows.empty(); });
}

void HeldRows::drop_from(Position position) {
  for (auto& claim : claims_)
    claim.rows.erase(std::ranges::lower_bound(claim.rows, position, {}, &Row::position), claim.rows.end());
  std::erase_if(claims_, [](const Claim& claim) { return claim.rows.empty(); });
}

std::size_t HeldRows::rows() const noexcept {
  std::size_t sum = 0;
  for (const auto& claim : claims_) sum += claim.rows.size();
  return sum;
}

std::size_t HeldRows::bytes() const noexcept {
  std::size_t sum = 0;
  for (const auto& claim : claims_) sum += claim.bytes;
  return sum;
}

}  // namespace relay::core
