#include "relay/domain/remembered_rows.hpp"

#include "relay/domain/look_back.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>

namespace relay {
namespace {

constexpr std::size_t least_slots = 1024;
constexpr Fingerprint no_version = 0;

/// Half of the slots are in use at most: chains stay short, for each slot on the way costs a look at its row.
constexpr std::size_t slots_for(std::size_t rows) noexcept {
  return std::max(least_slots, std::bit_ceil(rows * 2));
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
  while (slots_[slot] != 0 && versions_[slots_[slot] - 1].key != key) slot = (slot + 1) & mask;
  return slot;
}

bool RememberedRows::knows(RowKey key, Fingerprint fingerprint) const noexcept {
  if (versions_.empty() || fingerprint == no_version) return false;
  const auto place = slots_[slot_of(key)];
  return place != 0 && versions_[place - 1].fingerprint == fingerprint;
}

bool RememberedRows::remember(const SentVersion& version) {
  if (const auto wanted = slots_for(versions_.size() + 1); wanted > slots_.size()) index(wanted);
  auto& slot = slots_[slot_of(version.key)];
  if (slot != 0) {
    versions_[slot - 1] = version;
    return true;
  }
  if (versions_.size() >= most_) {
    full_ = true;
    return false;
  }
  versions_.push_back(version);
  slot = static_cast<Slot>(versions_.size());
  return true;
}

void RememberedRows::forget(RowKey key) noexcept {
  if (versions_.empty()) return;
  if (const auto place = slots_[slot_of(key)]; place != 0) versions_[place - 1].fingerprint = no_version;
}

void RememberedRows::forget_before(Micros time) {
  if (std::erase_if(versions_, [time](const auto& version) { return version.time < time; }) == 0) return;
  full_ = false;
  index(slots_for(versions_.size()));
}

void RememberedRows::clear() {
  versions_ = {};
  std::vector<Slot>().swap(slots_);  // an assignment would keep the memory
  full_ = false;
}

void RememberedRows::index(std::size_t slots) {
  slots_ = std::vector<Slot>(slots);
  for (Slot place = 1; place <= versions_.size(); ++place) slots_[slot_of(versions_[place - 1].key)] = place;
}

std::vector<SentVersion> RememberedRows::all() const {
  std::vector<SentVersion> versions;
  std::ranges::copy_if(versions_, std::back_inserter(versions),
                       [](const auto& version) { return version.fingerprint != no_version; });
  return versions;
}

}  // namespace relay
