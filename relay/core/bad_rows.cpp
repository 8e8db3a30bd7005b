#include "relay/core/bad_rows.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

constexpr std::size_t most_at_once = 50;

}  // namespace

std::string_view word_of(OnBadRow policy) noexcept {
  switch (policy) {
    case OnBadRow::block:
      return "block";
    case OnBadRow::park:
      return "park";
    case OnBadRow::topic:
      break;
  }
  return "topic";
}

bool BadRows::blocked(const BlockedName& name, Verdict verdict) {
  const auto position = verdict.position;
  const auto [known, fresh] = recorded_.try_emplace(name, position);
  const bool another = known->second != position;
  if (another) {
    to_record_.erase(known->second);
    to_forget_.insert(std::exchange(known->second, position));
  }
  to_forget_.erase(position);
  to_record_.insert_or_assign(position, std::move(verdict));
  return fresh || another;
}

void BadRows::lifted(const BlockedName& name) {
  const auto known = recorded_.extract(name);
  if (known.empty()) return;
  to_record_.erase(known.mapped());
  to_forget_.insert(known.mapped());
}

void BadRows::convict(Position position, Fingerprint fingerprint, Fault fault) {
  convicted_.insert_or_assign(position, std::pair(fingerprint, std::move(fault)));
}

std::optional<Fault> BadRows::take_conviction(const Row& row) {
  auto known = convicted_.extract(row.position);
  if (known.empty() || known.mapped().first != fingerprint(row.cells)) return std::nullopt;
  return std::move(known.mapped().second);
}

void BadRows::park(std::vector<BlockedName> names, Parking parking) {
  parking_.insert_or_assign(parking.verdict.position, Waiting{std::move(names), parking.verdict});
  to_park_.push_back(std::move(parking));
}

std::set<BlockedName> BadRows::names_parking() const {
  std::set<BlockedName> names;
  for (const auto& [position, waiting] : parking_) names.insert(waiting.names.begin(), waiting.names.end());
  return names;
}

BadRows::Waiting BadRows::parked(Position position) {
  auto waiting = parking_.extract(position);
  return waiting.empty() ? Waiting{} : std::move(waiting.mapped());
}

void BadRows::forget() {
  convicted_.clear();
  to_park_.clear();
  parking_.clear();
}

std::optional<DeadWork> BadRows::take_work() {
  DeadWork work;
  while (!to_park_.empty() && work.park.size() < most_at_once) {
    work.park.push_back(std::move(to_park_.back()));
    to_park_.pop_back();
  }
  while (!to_record_.empty() && work.record.size() < most_at_once) {
    work.record.push_back(std::move(to_record_.extract(to_record_.begin()).mapped()));
  }
  while (!to_forget_.empty() && work.forget.size() < most_at_once) {
    work.forget.push_back(to_forget_.extract(to_forget_.begin()).value());
  }
  if (work.park.empty() && work.record.empty() && work.forget.empty()) return std::nullopt;
  return work;
}

}  // namespace relay::core
