#include "relay/core/claim_schedule.hpp"

#include <algorithm>

namespace relay::core {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t claims_in_flight = 4;    // poll.batch-rows and -bytes bound one claim, the pipeline holds four
constexpr milliseconds writers_interval{100};  // an open gap holds nobody up: asking more often would only cost
constexpr milliseconds held_interval{10};      // where rows wait for it, somebody minds
constexpr std::chrono::seconds poked_interval{1};
constexpr int claims_a_page = 8;            // while there are rows to send, a sweep takes every ninth turn
constexpr std::size_t probes_at_once = 20;  // whatever the rows' size

}  // namespace

ClaimSchedule::ClaimSchedule(const ClaimRule& rule, ClaimWindow& window, Publisher& publisher, const HeldRows& held, Instant now)
    : rule_(rule),
      window_(window),
      publisher_(publisher),
      held_(held),
      pacing_(rule.min_interval, rule.poll_interval),
      rate_(rule.max_rate),
      next_sweep_(now + rule.sweep_interval) {}

bool ClaimSchedule::room() const {
  const auto& in_flight = publisher_.in_flight();
  return in_flight.rows() + held_.rows() + rule_.batch_rows <= claims_in_flight * rule_.batch_rows &&
         in_flight.bytes() + held_.bytes() + rule_.batch_bytes <= claims_in_flight * rule_.batch_bytes;
}

std::optional<ClaimOrder> ClaimSchedule::next(Scan scan, std::size_t most_rows, bool sweep_allowed, Instant now) {
  const bool full = !room();
  if (full && held_.empty()) return std::nullopt;
  const auto has_read_below = [this](Position position) { return window_.has_read_below(position); };
  if (auto probes = publisher_.due_probes(now, probes_at_once, has_read_below); !probes.empty()) {
    probing_ = probes;
    return window_.order_ids(std::move(probes));
  }
  const auto most = std::min(rule_.batch_rows, most_rows);
  const auto limit = std::min(most, rate_.at_most(most) * reach_);
  if (limit == 0 || now < rate_.open_at()) return std::nullopt;
  const bool rows_due = now >= pacing_.next();
  if (!full && turn_to_sweep(sweep_allowed, rows_due, now)) return window_.order_sweep(limit);
  if (!rows_due) return std::nullopt;
  ++claims_since_page_;
  const bool read_writers = now >= next_writers_;
  if (read_writers) next_writers_ = now + (held_.empty() ? writers_interval : held_interval);
  if (full) return window_.order_gaps(limit, read_writers);
  return window_.order(scan, limit, read_writers);
}

bool ClaimSchedule::turn_to_sweep(bool sweep_allowed, bool rows_due, Instant now) {
  const bool unfinished = window_.sweep_unfinished();
  const bool begins = !unfinished && sweep_allowed && now >= next_sweep_;
  const bool turn = begins || (unfinished && (!rows_due || claims_since_page_ >= claims_a_page));
  if (begins) next_sweep_ = now + rule_.sweep_interval;
  if (turn) claims_since_page_ = 0;
  return turn;
}

std::optional<Instant> ClaimSchedule::due(bool sweep_allowed) const {
  const bool full = !room();
  if (full && held_.empty()) return std::nullopt;
  const bool unfinished = !full && window_.sweep_unfinished();
  const auto rows_or_sweep = !full && sweep_allowed ? std::min(pacing_.next(), next_sweep_) : pacing_.next();
  const auto at = std::max(rate_.open_at(), unfinished ? Instant{} : rows_or_sweep);
  return std::min(at, publisher_.blocks().next_due().value_or(at));
}

void ClaimSchedule::held(Instant now) {
  pacing_.soon(now + held_interval);
}

void ClaimSchedule::look_everywhere(Instant now) {
  pacing_.hurry(now);
  if (poked_at_ > now) return;  // that one is still to come
  poked_at_ = std::max(now, poked_at_ + poked_interval);
  next_sweep_ = std::min(next_sweep_, poked_at_);
  publisher_.blocks().hurry(poked_at_);
}

}  // namespace relay::core
