#include "relay/core/holds.hpp"

#include <algorithm>

namespace relay::core {
namespace {

std::string shown(const BlockedName& name) {
  return name.key ? "key \"" + *name.key + "\" of topic \"" + name.topic + "\"" : "topic \"" + name.topic + "\"";
}

/// What a row gives for a topic may be of any length; a topic's name is short, and so are columns for it.
std::string_view shortened(std::string_view topic) {
  constexpr std::size_t longest = 249;
  if (topic.size() <= longest) return topic;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  auto end = longest;
  while (end > 0 && continues(topic[end])) --end;  // whole characters
  return topic.substr(0, end);
}

}  // namespace

std::string_view class_of(Blame blame) noexcept {
  switch (blame) {
    case Blame::row:
      return "row";
    case Blame::topic:
      return "topic";
    case Blame::nobody:
      break;
  }
  return "outage";
}

BlockedName name_of(const Message& message, Position position, Blame blame) {
  std::string topic(shortened(message.topic));
  if (blame != Blame::row) return {std::move(topic), std::nullopt};
  // Without a key there is no order to keep: such a row stands for itself.
  auto key = message.key.is_null() ? "row " + std::to_string(position) : std::string(message.key.bytes());
  return {std::move(topic), std::move(key)};
}

void Holds::hold(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  observer_.publish_error(class_of(fault.blame), 1);
  bool first = blocks_.block(name, position, fault, now, random());
  if (fault.blame != Blame::nobody) {
    first = bad_rows_.blocked(
        name, {.position = position, .topic = name.topic, .fault = fault.reason, .attempts = blocks_.find(name)->attempts});
  }
  if (!first) return;
  if (fault.blame == Blame::row) observer_.bad_rows(word_of(OnBadRow::block), 1);
  say_waits(name, position, fault);
}

void Holds::say_waits(const BlockedName& name, Position position, const Fault& fault) {
  observer_.say(Level::warning, shown(name) + " waits: row " + std::to_string(position) + ": " + fault.reason);
}

void Holds::accuse(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  observer_.publish_error(class_of(fault.blame), 1);
  const bool first = blocks_.accuse(name, position, fault.reason, now, random());
  if (first && fault.blame == Blame::nobody) say_waits(name, position, fault);  // what a rejection comes to is told by the probe
}

void Holds::hold_bad(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  const bool moves = bad_rows_.policy() != OnBadRow::block && fault.blame == Blame::row;
  moves ? accuse(name, position, fault, now) : hold(name, position, fault, now);
}

void Holds::lift(const std::vector<BlockedName>& names, Position position, const std::string& why) {
  for (const auto& name : names) {
    bad_rows_.lifted(name);
    if (!blocks_.lift(name, position)) {
      blocks_.postpone(name, {});
      continue;
    }
    rewind_ = std::min(rewind_.value_or(position), position);
    observer_.say(Level::info, shown(name) + " goes on: " + why);
  }
}

bool Holds::lift_topics(std::vector<BlockedName>& names, Position position) {
  const auto topics = std::stable_partition(names.begin(), names.end(), [](const auto& name) { return name.key.has_value(); });
  const std::vector<BlockedName> lifted(topics, names.end());
  names.erase(topics, names.end());
  lift(lifted, position, "row " + std::to_string(position) + " alone is at fault");
  return !lifted.empty();
}

void Holds::park(std::vector<BlockedName> names, const Row& row, const Fault& fault) {
  const auto& first = names.front();
  const Verdict verdict{
      .position = row.position, .topic = first.topic, .fault = fault.reason, .attempts = blocks_.find(first)->attempts + 1};
  for (const auto& name : names) blocks_.suspend(name);
  bad_rows_.park(std::move(names), {fingerprint(row.cells), verdict});
}

void Holds::take(const DeadDone& done, Instant now) {
  for (const auto& [position, trouble] : done.parked) {
    const auto waiting = bad_rows_.parked(position);
    if (trouble.empty()) {
      observer_.bad_rows(word_of(OnBadRow::park), 1);
      const auto& fault = waiting.verdict.fault;
      observer_.say(Level::warning,
                    "row " + std::to_string(position) + " is parked among the dead letters" + (fault.empty() ? "" : ": " + fault));
      lift(waiting.names, position, "row " + std::to_string(position) + " is parked");
      continue;
    }
    const Fault fault{Blame::row, waiting.verdict.fault + "; nor can it be parked: " + trouble};
    for (const auto& name : waiting.names) hold(name, position, fault, now);
  }
}

std::string Holds::example() const {
  if (blocks_.empty()) return {};
  const auto& [name, block] = *blocks_.all().begin();
  const auto who = shown(name);
  return block.reason.starts_with(who) ? block.reason : who + ": " + block.reason;
}

void Holds::forget() {
  blocks_ = {};
  bad_rows_.forget();
}

void Holds::read_anew(std::set<BlockedName> probed) {
  probed.merge(bad_rows_.names_parking());
  blocks_.keep_only(probed);
}

}  // namespace relay::core
