#include "relay/core/relay.hpp"

#include "relay/core/outbox_status.hpp"
#include "relay/core/wall_clock.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace relay::core {
namespace {

constexpr std::size_t inbox_bound = 16;  // three workers with one task each: never full
constexpr std::chrono::minutes unproven_gap_age{10};

}  // namespace

Relay::Relay(RelaySettings settings, const Database& database, const MakeProducer& make_producer, Observer& observer,
             Doorbell& doorbell)
    : settings_(std::move(settings)),
      observer_(observer),
      doorbell_(doorbell),
      now_(Clock::now()),
      inbox_(inbox_bound, &doorbell.bell()),
      publisher_(settings_.message, settings_.outbox.columns, settings_.order, settings_.bad_rows, make_producer, doorbell.bell(),
                 observer),
      scan_(settings_.outbox.scan, settings_.order == Order::strict),
      claim_schedule_(settings_.claims, window_, publisher_, held_, now_),
      settle_schedule_({settings_.claims.batch_rows, settings_.claims.sweep_interval}, settings_.outbox.table, publisher_,
                       observer),
      drain_(settings_.drain, now_),
      report_(observer),
      lease_seen_(!settings_.lease.enabled),
      claims_(database, settings_.outbox, {settings_.claims.batch_rows, settings_.claims.batch_bytes}, settings_.wake_channel,
              inbox_, observer),
      settlements_(database, settings_.outbox, inbox_, observer),
      reign_(settings_.lease, database, settings_.outbox.table, inbox_) {
  if (!reign_.leads()) drain_.stands_by(now_);
  if (!settings_.lease.enabled) window_.share();
}

Ending Relay::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { doorbell_.bell().ring(); });
  std::optional<Ending> ending;
  while (!ending) {
    now_ = Clock::now();
    take_events();       // claimed rows are encoded and handed to Kafka; settled rows are forgotten
    leading();           // if not any more, what Kafka has not acknowledged is given up
    take_outcomes();     // acknowledged, or blocked: what Kafka did with them
    order_settlement();  // delete or mark exactly what Kafka acknowledged; in turn with that, dead letters
    order_claim();       // forward, then the open gaps
    order_count();
    report();
    ending = stop.stop_requested() ? Ending{} : finished();
    if (!ending) doorbell_.bell().wait(wake_at());
  }
  shut_down();
  return *ending;
}

void Relay::take_events() {
  while (auto event = inbox_.try_take()) {
    std::visit([this](auto&& what) { take(std::forward<decltype(what)>(what)); }, std::move(*event));
  }
  if (doorbell_.take_poke()) claim_schedule_.look_everywhere(now_);
  if (doorbell_.take_renewal()) rewind(publisher_.renew(now_));
}

void Relay::take(Claim claim) {
  if (stopping_) return;
  leading();  // a claim that a former reign began is stale
  if (claim.twins) misconfigured_ = not_unique(settings_.outbox);
  if (!window_.take(claim.findings(), now_)) return claim_schedule_.hurry(now_);
  choose_scan(*claim.table);
  use_layout(claim.table);
  if (!misconfigured_.empty()) return;
  if (claim.kind == ClaimOrder::Kind::ids) {
    rewind(publisher_.probe(claim, claim_schedule_.take_probing(), now_));
  } else if (claim.kind == ClaimOrder::Kind::sweep) {
    take_sweep(std::move(claim));
  } else {
    take_forward(std::move(claim));
  }
  publisher_.in_flight().claims_taken_in();  // not before: rows that were settled meanwhile may be among the claim's
}

/// What the options ask of the columns shows only now.
void Relay::use_layout(const std::shared_ptr<const OutboxTable>& table) {
  try {
    publisher_.use_layout(table);
  } catch (const std::invalid_argument& error) {
    misconfigured_ = error.what();
  }
}

/// What was learnt of the ids decides how the next rows are found.
void Relay::choose_scan(const OutboxTable& table) {
  const auto former = scan_.scan();
  scan_.learn(table);
  if (!scan_.knows_drawn_ahead()) refuse_disorder();
  if (window_.sparse()) scan_.learn_sparse();
  if (window_.drawn_ahead() > 0 && !scan_.knows_drawn_ahead()) learn_drawn_ahead();
  if (scan_.scan() == former) return;
  window_.rewind(lowest_position);
  observer_.say(Level::info, "outbox.scan is " + std::string(word_of(scan_.scan())) + " from now on: " + scan_.why());
}

/// Before anything is sent. What is found out later is said and counted: those rows have been overtaken already.
void Relay::refuse_disorder() {
  if (auto complaint = scan_.against_strict(); !complaint.empty()) misconfigured_ = std::move(complaint);
}

/// Once, and for good: what proves a gap dead does not hold for such ids.
void Relay::learn_drawn_ahead() {
  scan_.learn_drawn_ahead();
  std::string line =
      "a row came whose id nobody could insert any more: ids are drawn ahead of their INSERT, and may be sent out of order";
  if (!scan_.free()) {
    line += "; such rows wait for the next sweep, because " + scan_.why();
  } else {
    reign_.remember_drawn_ahead();
    line += "; gaps are watched no more, and that is remembered beside the lease";
  }
  observer_.say(Level::warning, line);
}

void Relay::take_forward(Claim claim) {
  const bool brought_rows = !claim.rows.empty();
  claim_schedule_.claimed(brought_rows, claim.more, now_);
  const bool may_send_more = drain_.may_send(publisher_.in_flight().rows()) > claim.rows.size();
  if (claim.more && may_send_more && !claim_schedule_.rate().limits()) order_claim();  // read ahead while these are sent
  if (!reign_.leads()) return;                                                         // lost just now
  if (settings_.order == Order::strict) {
    publish_in_order(std::move(claim));
  } else {
    window_.expire_gaps(now_ - unproven_gap_age);
    publish(claim.table, claim.rows);
  }
  if (brought_rows) {
    drain_.rows_came();
  } else if (publisher_.in_flight().rows() == 0) {
    if (!publisher_.blocks().any_blameless() && held_.empty()) report_.status().last_success_at = wall_clock();
    if (drain_.until_empty() && !window_.sweep_unfinished()) claim_schedule_.sweep_at(now_);
  }
}

/// A row waits while any lower one may still appear; that has to be provable, or it would wait for nothing.
void Relay::publish_in_order(Claim claim) {
  if (window_.writers_unknown()) {
    misconfigured_ =
        "outbox.order = strict has to see who may still insert, and this role cannot. "
        "Grant it as grants.sql in sql/ does, or set outbox.order = relaxed.";
  }
  static_cast<void>(publish_with_held(std::move(claim)));
  if (!held_.empty()) claim_schedule_.held(now_);
}

/// Whatever a claim brings: it overtakes nobody who is held, and is held itself while a lower row may still appear.
std::size_t Relay::publish_with_held(Claim claim) {
  std::size_t sent = 0;
  held_.add(std::move(claim));
  held_.release_below(window_.gaps().lowest(), [&](const auto& table, auto rows) { sent += publish(table, rows); });
  return sent;
}

/// One page of the look at everything that was read before.
void Relay::take_sweep(Claim claim) {
  const auto rows = claim.rows.size();
  claim.keep_through(window_.last());  // what lies above comes forward, with its gaps
  const auto brought = claim.rows.size();
  const bool strict = settings_.order == Order::strict;
  const auto sent = strict ? publish_with_held(std::move(claim)) : publish(claim.table, claim.rows);
  drain_.swept(rows, sent + held_.rows() + rows - brought, !window_.sweep_unfinished());
}

/// Only what is sent counts for the rate: rows that wait behind a fault are passed over at full speed.
std::size_t Relay::publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows) {
  const auto all = rows.size();
  const auto most = std::min(claim_schedule_.most_to_send(), drain_.may_send(publisher_.in_flight().rows()));
  std::size_t sent = 0;
  do {
    const auto some = rows.first(std::min(rows.size(), most - sent));
    sent += publisher_.publish(table, some, now_);
    if (scan_.scan() == Scan::head)
      window_.handed_on(publisher_.waiting(), publisher_.in_flight().lowest().value_or(highest_position));
    rows = rows.subspan(some.size());
  } while (!rows.empty() && sent < most);
  claim_schedule_.sent(sent, now_);
  if (settings_.order == Order::relaxed) claim_schedule_.reach_further(all > 0 && sent == 0);
  if (!rows.empty()) rewind(rows.front().position);  // for when it may be sent
  return sent;
}

void Relay::take(const Settled& settled) {
  report_.settling_works();
  settle_schedule_.take(settled, now_);
  drain_.relayed(settled.rows.size());
  publisher_.in_flight().settled(settled.rows, window_.claim_under_way());
  if (!settled.rows.empty()) report_.status().last_success_at = wall_clock();
}

void Relay::take(const Backlog& backlog) {
  report_.settling_works();
  settle_schedule_.take(backlog, now_);
  if (!reign_.leads()) return;
  auto& status = report_.status();
  status.pending = backlog.pending;
  status.oldest_created_at = backlog.oldest_created_at;
  status.dead_letters = backlog.dead_letters;
  status.counted_at = wall_clock();
}

void Relay::take(const DeadDone& done) {
  report_.settling_works();
  settle_schedule_.take(done);
  rewind(publisher_.take(done, now_));
}

void Relay::take(const Notified&) {
  claim_schedule_.hurry(now_);
}

void Relay::take(const ClaimLink& link) {
  if (link.misconfigured && !outbox_seen_) {
    misconfigured_ = link.why;  // told once, by the ending
    return;
  }
  report_.database(link);
  if (link.up && std::exchange(outbox_seen_, true)) read_anew();
}

void Relay::take(const SettleLink& link) {
  report_.settling(link);
  if (link.up && std::exchange(has_settled_, true)) read_anew();
}

/// Over a new connection nothing that was read before is taken for granted: after a fail-over or a restart ids may have gone back.
void Relay::read_anew() {
  publisher_.read_anew();
  rewind(lowest_position);
}

void Relay::take(const LeaseLink& link) {
  reign_.take(link);
  if (link.misconfigured && !lease_seen_) {
    misconfigured_ = link.why;  // told once, by the ending
    return;
  }
  report_.link("database (lease)", link);
}

void Relay::take(const LeaseSeen& seen) {
  lease_seen_ = true;  // not with the connection: a right may be missing
  const bool news = seen.holder != reign_.holder();
  reign_.take(seen);
  report_.lease(seen);
  if (seen.drawn_ahead && !scan_.knows_drawn_ahead()) {
    scan_.learn_drawn_ahead();
    refuse_disorder();
    window_.rewind(lowest_position);
  }
  if (!leading() && news) report_.stands_by(reign_);
}

void Relay::take(const LeaseReleased& /*released*/) {
  reign_.end();
}

/// Asked before a claim is ordered and before rows go to Kafka.
bool Relay::leading() {
  for (auto change = reign_.look(); change != Reign::Change::none; change = reign_.look()) {
    change == Reign::Change::begun ? step_up() : step_down();
  }
  return reign_.leads();
}

/// All that is known of the table is of the past: from the head, as at the start.
void Relay::step_up() {
  report_.begun(reign_);
  drain_.stands_by({});
  claim_schedule_.hurry(now_);
  claim_schedule_.sweep_at(now_ + settings_.claims.sweep_interval);
  settle_schedule_.count_at(now_);
}

void Relay::step_down() {
  report_.ended(reign_);
  publisher_.abandon(now_);
  rewind(lowest_position);
  drain_.stands_by(now_);
  auto& status = report_.status();
  status.pending.reset();
  status.oldest_created_at.reset();
  status.counted_at.reset();
}

void Relay::take_outcomes() {
  rewind(publisher_.collect(now_));
  if (may_claim() && !claim_schedule_.room()) rewind(publisher_.make_room(now_));
}

void Relay::rewind(std::optional<Position> position) {
  if (!position) return;
  window_.rewind(*position);
  drain_.rows_come();
  held_.drop_from(*position);
  claim_schedule_.hurry(now_);
}

bool Relay::may_claim() const {
  return !window_.claim_under_way() && !stopping_ && !publisher_.waits_for_producer();
}

/// What is in flight would be there still, and a drain is not over before.
bool Relay::may_sweep() const {
  return !drain_.until_empty() || publisher_.in_flight().rows() == 0;
}

std::size_t Relay::rows_to_claim() const {
  if (drain_.has_to_look()) return 1;
  return std::min(settings_.claims.batch_rows, drain_.may_send(publisher_.in_flight().rows()));
}

void Relay::order_claim() {
  if (!may_claim() || !leading()) return;
  auto order = claim_schedule_.next(scan_.scan(), rows_to_claim(), may_sweep(), now_);
  if (order) claims_.order(std::move(*order));
}

void Relay::order_settlement() {
  if (auto task = settle_schedule_.next(stopping_, now_)) settlements_.order(std::move(*task));
}

void Relay::order_count() {
  if (stopping_ || !reign_.leads() || !outbox_seen_ || drain_.until_empty()) return;
  if (settle_schedule_.turn_to_count(now_)) settlements_.order(CountBacklog{});
}

Instant Relay::wake_at() const {
  auto at = std::min(report_.next(), settle_schedule_.due().value_or(report_.next()));
  if (reign_.leads() && may_claim() && rows_to_claim() > 0) at = std::min(at, claim_schedule_.due(may_sweep()).value_or(at));
  return at;
}

void Relay::report() {
  if (!report_.due(now_)) return;
  auto outage = publisher_.outage();
  if (!outage && drain_.until_empty()) outage = publisher_.silence(now_);
  report_.kafka(outage.value_or(""));
  auto& status = report_.status();
  drain_.outage(!status.kafka_outage.empty() || !status.database_outage.empty() || settle_schedule_.only_locks_left(), now_);
  status.kafka_traffic = publisher_.traffic();
  status.started = outbox_seen_ && lease_seen_;
  status.leader = reign_.leads();
  status.scan = word_of(scan_.scan());
  status.scan_reason = scan_.why();
  status.locked_rows = settle_schedule_.locked_rows();
  note(status, window_, now_);
  note(status, publisher_);
  report_.beat(now_);
}

/// A drain whose work is done counts before it ends: that also forgets the dead letters of rows that are gone by now.
std::optional<Ending> Relay::finished() {
  if (!misconfigured_.empty()) return Ending{Ending::How::misconfigured, misconfigured_};
  if (!drain_.until_empty()) return std::nullopt;
  const bool under_way =
      publisher_.in_flight().rows() > 0 || window_.claim_under_way() || settle_schedule_.busy() || publisher_.undecided();
  const bool settled = reign_.leads() && !under_way;
  auto ending =
      drain_.over({.settled = settled,
                   .outbox_seen = outbox_seen_,
                   .database_outage = settle_schedule_.only_locks_left() ? "another transaction locks rows that are to be settled"
                                                                         : report_.status().database_outage,
                   .kafka_outage = report_.status().kafka_outage,
                   .lease = reign_.whereabouts(),
                   .blocked_reason = settled ? publisher_.who_waits() : ""},
                  reign_.name(), now_);
  if (ending && settled && !std::exchange(counted_at_end_, true) && settle_schedule_.turn_to_count(now_)) {
    settlements_.order(CountBacklog{});
    return std::nullopt;
  }
  return ending;
}

void Relay::shut_down() {
  stopping_ = true;
  claims_.request_stop();
  const auto deadline = Clock::now() + settings_.shutdown_flush;
  const auto& in_flight = publisher_.in_flight();
  while (Clock::now() < deadline && settle_schedule_.settling(now_)) {
    now_ = Clock::now();
    take_events();
    take_outcomes();
    order_settlement();
    report();
    doorbell_.bell().wait(wake_at());
  }
  settlements_.request_stop();
  if (in_flight.rows() > 0) {
    observer_.say(Level::warning,
                  std::to_string(in_flight.rows()) + " rows were not settled in time; the next relay sends them again");
  }
  release_lease(deadline);
  report_.hurry();
  report();
}

/// Somebody who stands by goes on at once.
void Relay::release_lease(Instant flushed_by) {
  reign_.release();
  take_events();
  while (const auto until = reign_.releasing_until(flushed_by)) {
    doorbell_.bell().wait(std::min(*until, report_.next()));
    now_ = Clock::now();
    report();
    take_events();
  }
}

}  // namespace relay::core
