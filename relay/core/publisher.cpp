#include "relay/core/publisher.hpp"

#include "relay/core/wall_clock.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace relay::core {

Publisher::Publisher(encode::MessageShape shape, encode::ColumnRoles roles, Order order, BadRowRule rule,
                     const MakeProducer& make_producer, Bell& bell, Observer& observer)
    : order_(order),
      observer_(observer),
      dispatch_(std::move(shape), std::move(roles), observer),
      holds_(rule.policy, observer),
      producer_(make_producer, false, bell),
      lone_lane_(make_producer, bell, order == Order::strict),
      prober_(std::move(rule.dead_topic), order == Order::strict, make_producer, bell, dispatch_, holds_, observer) {
  static_cast<void>(producer_.get());  // what is wrong with its settings is said at the start
}

void Publisher::use_layout(const std::shared_ptr<const OutboxTable>& table) {
  if (dispatch_.use_layout(table)) prober_.use_layout(table->layout);
}

std::size_t Publisher::publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows, Instant now) {
  use_layout(table);
  std::size_t sent = 0;
  waiting_.clear();
  for (const auto& row : rows) {
    const auto fate = publish_row(row, now);
    if (fate == Fate::sent) ++sent;
    if (fate == Fate::waits) waiting_.push_back(row.position);
  }
  if (sent > 0) silence_.sent(now);
  return sent;
}

Publisher::Fate Publisher::publish_row(const Row& row, Instant now) {
  if (in_flight().knows(row.position, fingerprint(row.cells))) return Fate::in_flight;
  if (waits(row)) return Fate::waits;
  const auto encoded = dispatch_.encode(row);
  if (const auto* fault = std::get_if<Fault>(&encoded)) {
    holds_.hold_bad(name_of(dispatch_.address_of(row), row.position, Blame::row), row.position, *fault, now);
    return Fate::waits;
  }
  const auto& message = std::get<Message>(encoded);
  const auto topic = dispatch_.topics().number_of(message.topic);
  if (was_accused(message, row, topic, now)) return Fate::waits;
  return send(row, message, topic, now);
}

/// For somebody who is held, or for room.
bool Publisher::waits(const Row& row) {
  auto& blocks = holds_.blocks();
  if (order_ == Order::strict && blocks.any_below(row.position)) return true;
  if (!blocks.empty()) {
    const auto own = name_of(dispatch_.address_of(row), row.position, Blame::row);
    if (blocks.waits(own.topic, own.key, row.position)) return true;
  }
  if (full_from_) full_from_ = std::min(*full_from_, row.position);
  return full_from_.has_value();
}

/// What is known against the row, or its topic, since it was sent last.
bool Publisher::was_accused(const Message& message, const Row& row, Topics::Number topic, Instant now) {
  auto& bad_rows = holds_.bad_rows();
  if (const auto fault = bad_rows.take_conviction(row)) {
    holds_.hold_bad(name_of(message, row.position, Blame::row), row.position, *fault, now);
    if (bad_rows.policy() != OnBadRow::block) bad_rows.convict(row.position, fingerprint(row.cells), *fault);  // for its probe
    return true;
  }
  const auto accused = accused_.empty() ? decltype(accused_)::node_type{} : accused_.extract(topic);
  if (accused.empty()) return false;
  holds_.accuse(name_of(message, row.position, Blame::topic), row.position, accused.mapped(), now);
  return true;
}

Publisher::Fate Publisher::send(const Row& row, const Message& message, Topics::Number topic, Instant now) {
  const auto way = lone_lane_.way_of(topic, row.position);
  if (way == Suspicion::Way::later) return Fate::waits;
  const bool alone = way == Suspicion::Way::alone;
  auto& producer = alone ? lone_lane_.producer() : producer_.get();
  if (const auto fault = dispatch_.topics().fault(producer, topic)) {
    holds_.hold(name_of(message, row.position, Blame::topic), row.position, *fault, now);
    return Fate::waits;
  }
  if (const auto fault = dispatch_.fault(producer, message, topic)) {
    holds_.hold_bad(name_of(message, row.position, fault->blame), row.position, *fault, now);
    return Fate::waits;
  }
  const auto ticket = dispatch_.hand_over(producer, row, message, topic, alone ? Lane::alone : Lane::together);
  if (!ticket) {
    full_from_ = row.position;
    return Fate::waits;
  }
  if (alone) lone_lane_.sent(*ticket, topic);
  return Fate::sent;
}

std::optional<Position> Publisher::probe(const Claim& claim, const std::vector<Position>& asked, Instant now) {
  use_layout(claim.table);
  for (const auto& row : claim.rows) prober_.probe(row, now);
  for (const auto position : asked) {
    if (!std::ranges::binary_search(claim.positions, position))
      holds_.lift(holds_.blocks().behind(position), position, "the row is gone");
  }
  return holds_.take_rewind();
}

std::optional<Position> Publisher::take(const DeadDone& done, Instant now) {
  holds_.take(done, now);
  return holds_.take_rewind();
}

void Publisher::read_anew() {
  holds_.read_anew(prober_.names());
  in_flight().doubt();
}

std::optional<Position> Publisher::collect(Instant now) {
  auto& outcomes = dispatch_.outcomes();
  const auto why = producer_.collect(outcomes);
  const auto why_alone = lone_lane_.collect(outcomes);
  const auto why_probing = prober_.collect(outcomes);
  const auto today = wall_clock();
  if (full_from_ && !outcomes.empty()) rewind_to(std::exchange(full_from_, std::nullopt));
  for (const auto& outcome : std::exchange(outcomes, {})) take_outcome(outcome, now, today);
  tell_acknowledged();
  if (why_probing) give_up_probes(now, why_probing);
  if (std::exchange(convicted_, false) || why_alone) give_up_alone();
  const auto rejected = std::exchange(rejected_, std::nullopt);
  const bool replaces_lost = why && lost_.lost(*why, holds_.random(), now) <= now;
  if (replaces_lost || rejected) {
    observer_.say(Level::warning, "Kafka's producer cannot go on and is replaced: " + (why ? *why : *rejected));
    replace_producer();
  }
  if (in_flight().unacknowledged() == 0) silence_.broken(now);
  if (full_from_) rewind_to(make_room(now));
  prober_.rest();
  rewind_to(holds_.take_rewind());
  return std::exchange(rewind_, std::nullopt);
}

void Publisher::take_outcome(const kafka::Outcome& outcome, Instant now, Micros today) {
  if (outcome.fault) return take_fault(outcome, now);
  if (const auto cargo = in_flight().acknowledge(outcome.ticket)) {
    lost_.arrived();
    silence_.broken(now);
    dispatch_.topics().acknowledged(cargo->topic);
    if (cargo->created_at) end_to_end_.push_back(static_cast<double>(today - *cargo->created_at) / 1e6);
  }
  rewind_to(lone_lane_.done(outcome.ticket));
  prober_.acknowledged(outcome.ticket);
}

void Publisher::take_fault(const kafka::Outcome& outcome, Instant now) {
  rewind_to(lone_lane_.done(outcome.ticket));
  const auto row = in_flight().admitted(outcome.ticket);
  if (!row) return;
  in_flight().release(outcome.ticket);
  const auto& fault = *outcome.fault;
  if (prober_.failed(outcome.ticket, fault, now)) return;
  observer_.publish_error(class_of(fault.blame), 1);
  rewind_to(row->position);
  if (fault.blame == Blame::topic) {
    accused_.insert_or_assign(row->topic, fault);
    dispatch_.topics().doubt_all();
  }
  if (fault.blame != Blame::row) return;
  if (row->lane == Lane::alone) {
    holds_.bad_rows().convict(row->position, row->fingerprint, fault);
    convicted_ = true;
  } else {
    lone_lane_.accuse(row->topic, row->position);
    rejected_ = fault.reason;
  }
}

std::optional<Position> Publisher::make_room(Instant now) {
  const bool settles = in_flight().unacknowledged() < in_flight().rows() / 2;  // the database takes the room
  if (order_ == Order::strict || settles || !silence_.is_long(now) || lost_.waits()) return std::nullopt;
  auto stuck = in_flight().topics(Lane::together);
  stuck.merge(in_flight().topics(Lane::alone));
  if (stuck.empty()) return std::nullopt;
  if (producer_.get().outage()) {
    if (dispatch_.topics().outage_is_over(producer_.get(), *stuck.begin())) silence_.outage_over(now);
    return std::nullopt;
  }
  for (const auto topic : stuck) accused_.try_emplace(topic, Fault{Blame::nobody, dispatch_.topics().unheard(topic)});
  observer_.say(Level::warning, "Kafka's producer is full of rows that are not acknowledged, and is replaced");
  give_up_alone();
  replace_producer();
  return std::exchange(rewind_, std::nullopt);
}

void Publisher::give_up_probes(Instant now, const std::optional<std::string>& why) {
  prober_.give_up(now, why);
  release(Lane::probe);
}

void Publisher::give_up_alone() {
  lone_lane_.give_up();
  release(Lane::alone);
}

void Publisher::replace_producer() {
  release(Lane::together);
  producer_.drop();
  static_cast<void>(producer_.get());
  lost_.replaced();
}

/// Nothing that is still inside is known to have arrived: it is sent again, from the lowest row on (P2, P3). A probe's name waits.
void Publisher::release(Lane lane) {
  if (lane != Lane::probe) rewind_to(in_flight().lowest_unacknowledged(lane));
  rewind_to(std::exchange(full_from_, std::nullopt));
  duplicates_possible_ += in_flight().release_unacknowledged(lane);
}

std::optional<Position> Publisher::renew(Instant now) {
  rewind_to(collect(now));
  if (renewed(observer_, [this] { producer_.renew(); })) {
    lost_.replaced();
    release(Lane::together);
    give_up_probes(now);
    give_up_alone();
  }
  return std::exchange(rewind_, std::nullopt);
}

void Publisher::abandon(Instant now) {
  static_cast<void>(collect(now));
  give_up_probes(now);
  give_up_alone();
  replace_producer();
  lone_lane_.forget();
  holds_.forget();
  accused_.clear();
  dispatch_.topics().doubt_all();
  in_flight().doubt();
  rewind_.reset();
}

void Publisher::rewind_to(std::optional<Position> position) {
  if (position) rewind_ = std::min(rewind_.value_or(*position), *position);
}

std::optional<std::string> Publisher::outage() {
  auto outage = producer_.get().outage();
  if (!outage) outage = lost_.outage();
  if (!outage) outage = prober_.outage();
  auto& topics = dispatch_.topics();
  if (!blocks().any_blameless()) topics.forget_silence();  // nobody would ask again
  return outage ? outage : topics.silence();
}

std::string Publisher::who_waits() {
  return blocks().any_blameless() && outage() ? std::string{} : holds_.example();
}

std::optional<std::string> Publisher::silence(Instant now) {
  const auto lowest = in_flight().lowest_unacknowledged();
  silence_.waits_for(lowest ? std::optional(static_cast<std::uint64_t>(lowest->position)) : std::nullopt, now);
  if (!lowest || !(silence_.is_odd(now) || silence_.waits_long(now))) return std::nullopt;
  return dispatch_.topics().unheard(lowest->topic);
}

void Publisher::tell_acknowledged() {
  dispatch_.topics().tell_acknowledged(observer_);
  if (!end_to_end_.empty()) observer_.end_to_end(end_to_end_);
  end_to_end_.clear();
}

}  // namespace relay::core
