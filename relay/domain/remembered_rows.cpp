#include "relay/domain/remembered_rows.hpp"

#include "relay/domain/look_back.hpp"

#include <array>
#include <bit>
#include <utility>

namespace relay {
namespace {

constexpr std::size_t least_slots = 1024;
constexpr Fingerprint no_version = 0;

/// Four of five slots are in use at most: chains stay short.
constexpr std::size_t slots_for(std::size_t rows) noexcept {
  return std::max(least_slots, std::bit_ceil(rows + rows / 4));
}

}  // namespace

RowKey row_key(std::string_view id) noexcept {
  const std::array cells{Cell(id)};
  const auto key = fingerprint(cells);
  return key == 0 ? 1 : key;
}

std::size_t RememberedRows::slot_of(RowKey key) const noexcept {
  const auto mask = slots_.size() - 1;
  auto slot = key & mask;
  while (slots_[slot].key != 0 && slots_[slot].key != key) slot = (slot + 1) & mask;
  return slot;
}

bool RememberedRows::knows(RowKey key, Fingerprint fingerprint) const noexcept {
  if (used_ == 0 || fingerprint == no_version) return false;
  const auto& found = slots_[slot_of(key)];
  return found.key == key && found.fingerprint == fingerprint;
}

bool RememberedRows::remember(const SentVersion& version) {
  if (slots_.empty()) move_to(least_slots, earliest_time);
  auto slot = slot_of(version.key);
  if (slots_[slot].key == 0) {
    if (used_ >= most_) {
      full_ = true;
      return false;
    }
    ++used_;
    if (slots_for(used_) > slots_.size()) {
      move_to(slots_for(used_), earliest_time);
      slot = slot_of(version.key);
    }
  }
  slots_[slot] = version;
  return true;
}

void RememberedRows::forget(RowKey key) noexcept {
  if (used_ == 0) return;
  auto& found = slots_[slot_of(key)];
  if (found.key == key) found.fingerprint = no_version;
}

void RememberedRows::forget_before(Micros time) {
  full_ = false;
  if (used_ == 0) return;
  std::size_t left = 0;
  for (const auto& version : slots_) left += version.key != 0 && version.time >= time ? 1 : 0;
  if (left < used_) move_to(slots_for(left), time);
}

void RememberedRows::clear() {
  slots_ = {};
  used_ = 0;
  full_ = false;
}

void RememberedRows::move_to(std::size_t slots, Micros from) {
  const auto former = std::exchange(slots_, std::vector<SentVersion>(slots));
  std::size_t moved = 0;
  for (const auto& version : former) {
    if (version.key == 0 || version.time < from) continue;
    slots_[slot_of(version.key)] = version;
    ++moved;
  }
  if (from != earliest_time) used_ = moved;
}

std::vector<SentVersion> RememberedRows::all() const {
  std::vector<SentVersion> versions;
  for (const auto& version : slots_) {
    if (version.key != 0 && version.fingerprint != no_version) versions.push_back(version);
  }
  return versions;
}

}  // namespace relay
