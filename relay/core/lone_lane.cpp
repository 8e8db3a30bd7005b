#include "relay/core/lone_lane.hpp"

namespace relay::core {

Suspicion::Way LoneLane::way_of(Topics::Number topic, Position position) {
  const auto suspicion = suspicions_.find(scope(topic));
  const auto way = suspicion == suspicions_.end() ? Suspicion::Way::together : suspicion->second.way_of(position);
  if (way == Suspicion::Way::together && on_their_way_.empty()) producer_.drop();
  return way;
}

void LoneLane::sent(Ticket ticket, Topics::Number topic) {
  suspicions_[scope(topic)].sent_alone();
  on_their_way_.emplace(ticket, topic);
}

std::optional<Position> LoneLane::done(Ticket ticket) {
  const auto topic = on_their_way_.extract(ticket);
  if (topic.empty()) return std::nullopt;
  return suspicions_[scope(topic.mapped())].done();
}

void LoneLane::give_up() {
  for (auto& [topic, suspicion] : suspicions_) suspicion.lost();
  on_their_way_.clear();
  producer_.drop();
}

void LoneLane::forget() {
  give_up();
  suspicions_.clear();
}

}  // namespace relay::core
