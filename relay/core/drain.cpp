#include "relay/core/drain.hpp"

#include <limits>
#include <utility>

namespace relay::core {
namespace {

constexpr std::chrono::seconds drain_patience{20};  // a cron job comes again: better than hanging on

/// What kept a drain from its work when its time was over.
std::string meanwhile(const DrainView& view) {
  if (!view.database_outage.empty()) return "; " + view.database_outage;
  return view.kafka_outage.empty() ? "" : "; Kafka: " + view.kafka_outage;
}

}  // namespace

std::size_t Drain::may_send(std::size_t on_their_way) const noexcept {
  if (!rule_.max_rows) return std::numeric_limits<std::size_t>::max();
  const auto used = rows_relayed_ + on_their_way;
  return used < *rule_.max_rows ? *rule_.max_rows - used : 0;
}

void Drain::rows_come() noexcept {
  swept_empty_ = only_blocked_ = round_.empty = round_.blocked = false;
}

void Drain::swept(std::size_t rows, std::size_t moving, bool over) noexcept {
  if (!std::exchange(in_round_, !over)) round_ = {};
  if (rows > 0) {
    round_.empty = false;
    rows_left_ = all_relayed();
  }
  if (moving > 0) round_.blocked = false;
  swept_empty_ = over && round_.empty;
  only_blocked_ = over && round_.blocked;
}

std::optional<Ending> Drain::over(const DrainView& view, const std::string& lease_name, Instant now) const {
  if (!rule_.until_empty) return std::nullopt;
  const bool outage_lasts = outage_since_ && now - *outage_since_ > drain_patience;
  if (!view.database_outage.empty() && (outage_lasts || !view.outbox_seen)) {
    return Ending{Ending::How::database_outage, view.database_outage};
  }
  if (!view.kafka_outage.empty() && outage_lasts) return Ending{Ending::How::kafka_outage, view.kafka_outage};
  const bool time_is_up = rule_.max_time && now - started_at_ > *rule_.max_time;
  if (standby_since_ && (time_is_up || now - *standby_since_ > drain_patience)) {
    return Ending{Ending::How::standby, "the lease " + lease_name + " was not to be had: " + view.lease};
  }
  if (time_is_up) return Ending{Ending::How::rows_left, "--max-seconds is over" + meanwhile(view)};
  if (!view.settled) return std::nullopt;
  if (swept_empty_) return Ending{Ending::How::drained, ""};
  if (all_relayed() && rows_left_) return Ending{Ending::How::rows_left, "--max-rows is reached"};
  if (only_blocked_ && !view.blocked_reason.empty()) return Ending{Ending::How::rows_left, "rows wait: " + view.blocked_reason};
  return std::nullopt;
}

}  // namespace relay::core
