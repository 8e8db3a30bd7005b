#include "relay/core/outbox_status.hpp"

#include "relay/core/wall_clock.hpp"

#include <chrono>
#include <cstddef>

namespace relay::core {
namespace {

constexpr std::size_t most_blocked = 100;  // of a thousand keys that wait, a person looks at the first ones

}  // namespace

void note(Status& status, const ClaimWindow& window, Instant now) {
  status.open_gaps = window.gaps().size();
  status.oldest_gap_opened_at.reset();
  if (const auto oldest = window.gaps().oldest()) {
    status.oldest_gap_opened_at = wall_clock() - std::chrono::duration_cast<std::chrono::microseconds>(now - *oldest).count();
  }
  status.drawn_ahead = window.drawn_ahead();
  status.late_arrivals = window.late_arrivals();
  status.last_position = window.last();
}

void note(Status& status, const Publisher& publisher) {
  status.in_flight_rows = publisher.in_flight().rows();
  status.in_flight_bytes = publisher.in_flight().bytes();
  status.duplicates_possible = publisher.duplicates_possible();
  status.blocked_keys = status.blocked_topics = 0;
  status.blocked.clear();
  for (const auto& [name, block] : publisher.blocks().all()) {
    if (block.blame == Blame::nobody && !status.kafka_outage.empty()) continue;  // the outage says it
    ++(name.key ? status.blocked_keys : status.blocked_topics);
    if (status.blocked.size() >= most_blocked) continue;
    status.blocked.push_back({name.topic, name.key, block.lowest, block.reason, block.attempts});
  }
}

}  // namespace relay::core
