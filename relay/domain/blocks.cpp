#include "relay/domain/blocks.hpp"

#include <algorithm>

namespace relay {
namespace {
constexpr std::chrono::milliseconds outage_probe{1000};      // an outage ends for everybody at once: ask steadily
constexpr std::chrono::milliseconds predecessors_probe{10};  // acknowledged within milliseconds, and asking costs nothing
}  // namespace

bool Blocks::block(const BlockedName& name, Position position, const Fault& fault, Instant now, double random) {
  const auto [entry, fresh] = blocks_.try_emplace(name);
  auto& block = entry->second;
  if (fresh) block.lowest = position;
  block.lowest = std::min(block.lowest, position);
  block.reason = fault.reason;
  if (fresh || fault.blame != Blame::nobody) block.blame = fault.blame;  // an outage acquits nobody
  block.suspended = false;
  block.undecided = false;
  const bool outage = fault.blame == Blame::nobody;
  if (fault.blame == Blame::row) ++block.attempts;
  block.next_probe = now + (outage ? outage_probe : block.backoff.next(random));
  return fresh;
}

bool Blocks::accuse(const BlockedName& name, Position position, const std::string& reason, Instant now, double random) {
  const bool fresh = block(name, position, {Blame::nobody, reason}, now, random);
  auto& accused = blocks_.find(name)->second;
  accused.next_probe = now;
  accused.undecided = true;
  return fresh;
}

bool Blocks::undecided() const {
  return std::ranges::any_of(blocks_, [](const auto& entry) { return entry.second.undecided; });
}

bool Blocks::any_blameless() const noexcept {
  return std::ranges::any_of(blocks_, [](const auto& entry) { return entry.second.blame == Blame::nobody; });
}

/// Its key first: probed for its topic, a row would overtake those of its key that wait.
bool Blocks::waits(std::string_view topic, std::optional<std::string_view> key, Position position) {
  if (blocks_.empty()) return false;
  BlockedName name{std::string(topic), key ? std::optional<std::string>(*key) : std::nullopt};
  auto found = blocks_.find(name);
  if (found == blocks_.end() && key) {
    name.key.reset();
    found = blocks_.find(name);
  }
  if (found == blocks_.end()) return false;
  found->second.lowest = std::min(found->second.lowest, position);
  return true;
}

std::vector<Position> Blocks::due(Instant now, double random, std::size_t most, const MayProbe& may_probe) {
  std::vector<Position> positions;
  for (auto& [name, block] : blocks_) {
    if (positions.size() == most) break;
    if (block.suspended || block.next_probe > now) continue;
    const bool may = may_probe(name, block.lowest);
    if (may) block.before_probe = block.backoff;
    block.next_probe = now + (may ? block.backoff.next(random) : predecessors_probe);
    if (may) positions.push_back(block.lowest);
  }
  std::ranges::sort(positions);
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

std::optional<Instant> Blocks::next_due() const {
  std::optional<Instant> next;
  for (const auto& [name, block] : blocks_) {
    if (!block.suspended && (!next || block.next_probe < *next)) next = block.next_probe;
  }
  return next;
}

void Blocks::hurry(Instant when) {
  for (auto& [name, block] : blocks_) block.next_probe = std::min(block.next_probe, when);
}

void Blocks::postpone(const BlockedName& name, Instant until) {
  const auto found = blocks_.find(name);
  if (found == blocks_.end()) return;
  found->second.next_probe = until;
  found->second.suspended = false;
}

void Blocks::give_back(const BlockedName& name, Instant when) {
  const auto found = blocks_.find(name);
  if (found == blocks_.end()) return;
  found->second.backoff = found->second.before_probe;
  found->second.next_probe = when;
}

void Blocks::suspend(const BlockedName& name) {
  if (const auto found = blocks_.find(name); found != blocks_.end()) found->second.suspended = true;
}

const Block* Blocks::find(const BlockedName& name) const {
  const auto found = blocks_.find(name);
  return found == blocks_.end() ? nullptr : &found->second;
}

std::vector<BlockedName> Blocks::behind(Position position) const {
  std::vector<BlockedName> names;
  for (const auto& [name, block] : blocks_) {
    if (block.lowest == position) names.push_back(name);
  }
  return names;
}

bool Blocks::any_below(Position position) const noexcept {
  return std::ranges::any_of(blocks_, [&](const auto& entry) { return entry.second.lowest < position; });
}

bool Blocks::lift(const BlockedName& name, Position position) {
  const auto block = blocks_.find(name);
  if (block == blocks_.end() || block->second.lowest != position) return false;
  blocks_.erase(block);
  return true;
}

void Blocks::keep_only(const std::set<BlockedName>& names) {
  std::erase_if(blocks_, [&](const auto& entry) { return !names.contains(entry.first); });
}

}  // namespace relay
