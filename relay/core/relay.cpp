#include "relay/core/relay.hpp"

#include "relay/core/boot_clock.hpp"

#include <algorithm>
#include <poll.h>
#include <utility>

namespace relay::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t claims_in_flight = 4;    // poll.batch-rows and -bytes bound one claim, the pipeline holds four
constexpr std::size_t inbox_bound = 16;        // three workers with one task each: never full
constexpr milliseconds settle_linger{5};       // acknowledgements come by partition: a little later they make full ranges
constexpr milliseconds writers_interval{100};  // an open gap holds nobody up: asking more often would only cost
constexpr milliseconds held_interval{10};      // where rows wait for it, somebody minds
constexpr milliseconds heartbeat{500};
constexpr seconds poked_interval{1};
constexpr std::size_t probes_at_once = 20;  // whatever the rows' size
constexpr seconds drain_patience{20};       // a cron job comes again: better than hanging on
constexpr seconds release_patience{1};
constexpr std::chrono::minutes unproven_gap_age{10};

Micros wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

Relay::Relay(RelaySettings settings, Database database, MakeProducer make_producer, Observer& observer, Doorbell& doorbell)
    : settings_(std::move(settings)),
      observer_(observer),
      doorbell_(doorbell),
      inbox_(inbox_bound, &doorbell.bell()),
      publisher_(settings_.message, settings_.outbox.columns, settings_.order, settings_.bad_rows, std::move(make_producer),
                 doorbell.bell(), observer),
      pacing_(settings_.min_interval, settings_.poll_interval),
      now_(Clock::now()),
      started_at_(now_),
      next_sweep_(now_ + settings_.sweep_interval),
      claims_(database, settings_.outbox, {settings_.batch_rows, settings_.batch_bytes}, settings_.wake_channel, inbox_, observer),
      settlements_(database, settings_.outbox, inbox_, observer) {
  if (settings_.lease.enabled) {
    leases_.emplace(std::move(database), settings_.outbox.table, settings_.lease, inbox_);
    standby_since_ = now_;
  } else {
    reign_ = 0;
    lease_seen_ = true;
  }
}

Ending Relay::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { doorbell_.bell().ring(); });
  std::optional<Ending> ending;
  while (!ending) {
    now_ = Clock::now();
    take_events();       // claimed rows are encoded and handed to Kafka; settled rows are forgotten
    leading();           // if not any more, what Kafka has not acknowledged is given up
    take_outcomes();     // acknowledged, or blocked: what Kafka did with them
    order_settlement();  // delete or mark exactly what Kafka acknowledged
    order_dead_letters();
    order_claim();  // forward, then the open gaps
    order_count();
    report();
    ending = stop.stop_requested() ? Ending{} : finished();
    if (!ending) wait();
  }
  shut_down();
  return *ending;
}

void Relay::take_events() {
  while (auto event = inbox_.try_take()) {
    std::visit([this](auto&& what) { take(std::forward<decltype(what)>(what)); }, std::move(*event));
  }
  if (doorbell_.take_poke()) look_everywhere();
}

/// A poke may mean rows below the last one read (`replay`), or that a fault is mended. An application may also poke after each
/// commit: sweeps and probes are seldom all the same.
void Relay::look_everywhere() {
  pacing_.hurry(now_);
  if (poked_at_ > now_) return;  // that one is still to come
  poked_at_ = std::max(now_, poked_at_ + poked_interval);
  next_sweep_ = std::min(next_sweep_, poked_at_);
  publisher_.blocks().hurry(poked_at_);
}

void Relay::take(Claim claim) {
  if (stopping_) return;
  leading();  // a claim that a former reign began is stale
  if (!window_.take(claim.findings(), now_)) return pacing_.hurry(now_);
  if (std::exchange(proves_gaps_, claim.table->dialect->proves_gaps) && !proves_gaps_) window_.rewind(lowest_position);
  if (claim.kind == ClaimOrder::Kind::ids) {
    publisher_.probe(claim, std::exchange(probing_, {}), now_);
  } else if (claim.kind == ClaimOrder::Kind::head) {
    take_head(std::move(claim));
  } else {
    take_forward(std::move(claim));
  }
  publisher_.in_flight().claims_taken_in();  // not before: rows that were settled meanwhile may be among the claim's
}

void Relay::take_forward(Claim claim) {
  const bool brought_rows = !claim.rows.empty();
  rows_claimed_ += claim.rows.size();
  pacing_.claimed(brought_rows, claim.more, now_);
  if (claim.more) order_claim();  // read ahead while these are sent
  if (!reign_) return;            // lost just now
  if (settings_.order == Order::strict) {
    publish_in_order(std::move(claim));
  } else {
    window_.expire_gaps(now_ - unproven_gap_age);
    publisher_.publish(claim.table, claim.rows, now_);
  }
  if (brought_rows) {
    swept_empty_ = only_blocked_ = false;
  } else if (publisher_.in_flight().rows() == 0) {
    status_.last_success_at = wall_clock();
    if (settings_.until_empty) next_sweep_ = now_;
  }
}

/// A row waits while any lower one may still appear; that has to be provable, or it would wait for nothing.
void Relay::publish_in_order(Claim claim) {
  if (!claim.table->dialect->proves_gaps || window_.writers_unknown()) {
    misconfigured_ =
        "outbox.order = strict has to see who may still insert, and this database or role cannot. "
        "Grant it as grants.sql in sql/ does, or set outbox.order = relaxed.";
  }
  held_.add(std::move(claim));
  held_.release_below(window_.gaps().lowest(), [this](const auto& table, auto rows) { publisher_.publish(table, rows, now_); });
  if (!held_.empty()) pacing_.soon(now_ + held_interval);
}

void Relay::take_head(Claim claim) {
  swept_empty_ = claim.rows.empty();
  const bool cut_below = claim.more && !claim.positions.empty() && claim.positions.back() < window_.last();
  if (scan() == Scan::gaps) claim.keep_through(window_.last());  // what lies above comes forward, with its gaps
  if (settings_.order == Order::strict) claim.keep_through(window_.gaps().lowest() - 1);
  const auto sent = publisher_.publish(claim.table, claim.rows, now_);
  if (scan() == Scan::gaps && cut_below && sent > 0) next_sweep_ = now_;  // many rows came back: `replay`
  rows_claimed_ += sent;
  head_skips_ = publisher_.skipped();
  only_blocked_ = sent == 0 && !publisher_.blocks().empty();
  if (scan() == Scan::head) pacing_.claimed(sent > 0, claim.more && sent > 0, now_);
}

void Relay::take(const Settled& settled) {
  settle_worker_busy_ = false;
  publisher_.in_flight().settled(settled.rows, window_.claim_under_way());
  status_.last_success_at = wall_clock();
}

void Relay::take(const Backlog& backlog) {
  settle_worker_busy_ = false;
  if (!reign_) return;
  status_.pending = backlog.pending;
  status_.oldest_created_at = backlog.oldest_created_at;
  status_.dead_letters = backlog.dead_letters;
  status_.counted_at = wall_clock();
  next_count_ = now_ + std::max<milliseconds>(settings_.sweep_interval, backlog.took * 100);
}

void Relay::take(const DeadDone& done) {
  settle_worker_busy_ = false;
  publisher_.take(done, now_);
}

void Relay::take(const Notified&) {
  pacing_.hurry(now_);
}

void Relay::take(const ClaimLink& link) {
  say_link("database", link);
  status_.db_connected = link.up;
  status_.database_outage = link.why;
  if (link.up) {
    ++status_.db_connects;
    status_.database = link.product;
    if (std::exchange(outbox_seen_, true)) read_anew();
  } else if (link.misconfigured && !outbox_seen_) {
    misconfigured_ = link.why;
  }
}

void Relay::take(const SettleLink& link) {
  say_link("database (settling)", link);
  if (!link.up) return;
  ++status_.db_connects;
  if (std::exchange(has_settled_, true)) read_anew();
}

/// Over a new connection nothing that was read before is taken for granted: after a fail-over or a restart ids may have gone back.
void Relay::read_anew() {
  publisher_.read_anew();
  rewind(lowest_position);
}

void Relay::take(const LeaseLink& link) {
  say_link("database (lease)", link);
  lease_trouble_ = link.why;
  if (link.up) {
    ++status_.db_connects;
    lease_seen_ = true;
  } else if (link.misconfigured && !lease_seen_) {
    misconfigured_ = link.why;
  }
}

void Relay::take(const LeaseSeen& seen) {
  const bool news = seen.holder != lease_.holder;
  lease_ = seen;
  status_.lease_holder = seen.holder;
  status_.lease_token = seen.token;
  status_.lease_expires_at = wall_clock() + std::chrono::microseconds(seen.left).count();
  if (!leading() && news) observer_.say(Level::info, "stands by: " + seen.holder + " holds the lease " + settings_.lease.name);
}

void Relay::take(const LeaseReleased& /*released*/) {
  lease_ = {};
  reign_.reset();
}

/// Asked before a claim is ordered and before rows go to Kafka: a process can be stopped anywhere, for any time, and not know it.
bool Relay::leading() {
  if (!leases_) return true;
  const bool lasts = lease_.term && lease_.term->lasts(boot_now());
  const auto reign = lasts ? std::optional(lease_.token) : std::nullopt;
  if (reign == reign_) return reign_.has_value();
  if (reign_) step_down();
  reign_ = reign;
  if (reign_) step_up();
  return reign_.has_value();
}

/// All that is known of the table is of the past: from the head, as at the start.
void Relay::step_up() {
  observer_.say(Level::info, "holds the lease " + settings_.lease.name + ", token " + std::to_string(*reign_));
  standby_since_.reset();
  pacing_.hurry(now_);
  next_sweep_ = now_ + settings_.sweep_interval;
  next_count_ = next_report_ = now_;
}

void Relay::step_down() {
  observer_.say(Level::warning,
                "lost the lease " + settings_.lease.name + "; rows that Kafka has not acknowledged are left to its next holder");
  publisher_.abandon(now_);
  rewind(lowest_position);
  swept_empty_ = only_blocked_ = false;
  status_.pending.reset();
  status_.oldest_created_at.reset();
  status_.counted_at.reset();
  standby_since_ = next_report_ = now_;
}

void Relay::say_link(std::string_view who, const LinkChange& link) {
  if (link.up) return observer_.say(Level::info, std::string(who) + " connected: " + link.product);
  observer_.say(link.misconfigured ? Level::error : Level::warning, std::string(who) + " lost, trying again: " + link.why);
}

void Relay::take_outcomes() {
  const auto position = publisher_.collect(now_);
  if (position) rewind(*position);
  if (!settle_since_ && publisher_.in_flight().acknowledged() > 0) settle_since_ = now_;
}

void Relay::rewind(Position position) {
  window_.rewind(position);
  held_.drop_from(position);
  pacing_.hurry(now_);
}

bool Relay::room() const {
  const auto& in_flight = publisher_.in_flight();
  return in_flight.rows() + held_.rows() + settings_.batch_rows <= claims_in_flight * settings_.batch_rows &&
         in_flight.bytes() + held_.bytes() + settings_.batch_bytes <= claims_in_flight * settings_.batch_bytes;
}

Scan Relay::scan() const {
  return settings_.outbox.scan.value_or(proves_gaps_ ? Scan::gaps : Scan::head);
}

std::optional<ClaimOrder> Relay::next_order() {
  const auto& in_flight = publisher_.in_flight();
  const auto has_read_below = [this](Position position) { return window_.has_read_below(position); };
  if (auto due = publisher_.due_probes(now_, probes_at_once, has_read_below); !due.empty()) {
    probing_ = due;
    return window_.order_ids(std::move(due));
  }
  if (settings_.max_rows && rows_claimed_ >= *settings_.max_rows) return std::nullopt;
  auto limit = settings_.batch_rows;
  if (settings_.max_rows) limit = std::min<std::size_t>(limit, *settings_.max_rows - rows_claimed_);
  const auto past_the_known = limit + in_flight.rows() + head_skips_;  // a head scan meets these first
  const bool full = !room();
  if (!full && now_ >= next_sweep_ && (!settings_.until_empty || in_flight.rows() == 0)) {
    next_sweep_ = now_ + settings_.sweep_interval;
    return window_.order_sweep(past_the_known);
  }
  if (now_ < pacing_.next()) return std::nullopt;
  const bool read_writers = now_ >= next_writers_;
  if (read_writers) next_writers_ = now_ + (held_.empty() ? writers_interval : held_interval);
  if (full) return window_.order_gaps(limit, read_writers);
  return window_.order(scan(), scan() == Scan::head ? past_the_known : limit, read_writers);
}

void Relay::order_claim() {
  if (window_.claim_under_way() || stopping_ || (!room() && held_.empty()) || !leading()) return;
  if (auto order = next_order()) claims_.order(std::move(*order));
}

void Relay::order_settlement() {
  auto& in_flight = publisher_.in_flight();
  if (settle_worker_busy_ || in_flight.acknowledged() == 0) return;
  if (std::exchange(dead_letters_next_, false)) order_dead_letters();
  if (settle_worker_busy_) return;
  const bool enough = in_flight.acknowledged() >= settings_.batch_rows;
  if (!enough && !stopping_ && settle_since_ && now_ < *settle_since_ + settle_linger) return;
  settle_since_.reset();
  settle_worker_busy_ = true;
  dead_letters_next_ = true;
  settlements_.settle(in_flight.take_acknowledged());
}

void Relay::order_dead_letters() {
  if (settle_worker_busy_ || stopping_) return;
  if (auto work = publisher_.take_dead_work()) {
    settle_worker_busy_ = true;
    settlements_.write_dead(std::move(*work));
  }
}

void Relay::order_count() {
  if (settle_worker_busy_ || stopping_ || !reign_ || !outbox_seen_ || settings_.until_empty || now_ < next_count_) return;
  settle_worker_busy_ = true;
  settlements_.count_backlog();
}

Instant Relay::wake_at() const {
  auto at = next_report_;
  if (settle_since_ && !settle_worker_busy_) at = std::min(at, *settle_since_ + settle_linger);
  if (reign_ && !stopping_ && !window_.claim_under_way() && (room() || !held_.empty())) {
    at = std::min({at, pacing_.next(), next_sweep_});
    if (const auto due = publisher_.blocks().next_due()) at = std::min(at, *due);
  }
  return at;
}

void Relay::wait() {
  const auto left = std::chrono::ceil<milliseconds>(wake_at() - Clock::now());
  pollfd waiting{doorbell_.bell().fd(), POLLIN, 0};
  ::poll(&waiting, 1, static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, heartbeat.count())));
  doorbell_.bell().silence();
}

void Relay::report() {
  if (now_ < next_report_) return;
  next_report_ = now_ + heartbeat;
  const auto& in_flight = publisher_.in_flight();
  status_.started = outbox_seen_ && lease_seen_;
  status_.leader = reign_.has_value();
  const auto kafka_outage = publisher_.outage().value_or("");
  if (kafka_outage != status_.kafka_outage) {
    observer_.say(kafka_outage.empty() ? Level::info : Level::warning,
                  kafka_outage.empty() ? "Kafka answers again" : "Kafka: " + kafka_outage);
  }
  status_.kafka_outage = kafka_outage;
  const bool outage = !status_.kafka_outage.empty() || !status_.database_outage.empty();
  outage_since_ = outage ? outage_since_.value_or(now_) : std::optional<Instant>{};
  status_.in_flight_rows = in_flight.rows();
  status_.in_flight_bytes = in_flight.bytes();
  status_.open_gaps = window_.gaps().size();
  const auto oldest = window_.gaps().oldest();
  status_.oldest_gap_opened_at =
      oldest ? std::optional(wall_clock() - std::chrono::duration_cast<std::chrono::microseconds>(now_ - *oldest).count())
             : std::nullopt;
  status_.late_arrivals = window_.late_arrivals();
  status_.duplicates_possible = publisher_.duplicates_possible();
  status_.scan = scan() == Scan::gaps ? "gaps" : "head";
  status_.last_position = window_.last();
  const auto& blocks = publisher_.blocks();
  status_.blocked_keys = blocks.keys();
  status_.blocked_topics = blocks.topics();
  status_.blocked.clear();
  for (const auto& [name, block] : blocks.all()) {
    if (status_.blocked.size() == 100) break;
    status_.blocked.push_back({name.topic, name.key, block.lowest, block.reason, block.attempts});
  }
  observer_.status(status_);
}

std::optional<Ending> Relay::finished() const {
  if (!misconfigured_.empty()) return Ending{Ending::How::misconfigured, misconfigured_};
  return settings_.until_empty ? drain_finished() : std::nullopt;
}

std::optional<Ending> Relay::drain_finished() const {
  const auto& in_flight = publisher_.in_flight();
  if (outage_since_ && now_ - *outage_since_ > drain_patience) {
    return Ending{Ending::How::outage, status_.database_outage.empty() ? status_.kafka_outage : status_.database_outage};
  }
  if (!status_.database_outage.empty() && !outbox_seen_) return Ending{Ending::How::outage, status_.database_outage};
  const bool time_is_up = settings_.max_time && now_ - started_at_ > *settings_.max_time;
  if (standby_since_ && (time_is_up || now_ - *standby_since_ > drain_patience)) {
    const auto why = lease_trouble_.empty() ? lease_.holder + " holds it" : lease_trouble_;
    return Ending{Ending::How::standby, "the lease " + settings_.lease.name + " was not to be had: " + why};
  }
  if (time_is_up) return Ending{Ending::How::rows_left, "--max-seconds is over"};
  if (!reign_ || in_flight.rows() > 0 || window_.claim_under_way() || settle_worker_busy_ || publisher_.undecided())
    return std::nullopt;
  if (swept_empty_) return Ending{Ending::How::drained, ""};
  if (settings_.max_rows && rows_claimed_ >= *settings_.max_rows) return Ending{Ending::How::rows_left, "--max-rows is reached"};
  if (only_blocked_) return Ending{Ending::How::rows_left, "rows wait: " + publisher_.blocks().all().begin()->second.reason};
  return std::nullopt;
}

void Relay::shut_down() {
  stopping_ = true;
  claims_.request_stop();
  const auto deadline = Clock::now() + settings_.shutdown_flush;
  const auto& in_flight = publisher_.in_flight();
  while (Clock::now() < deadline && (in_flight.rows() > 0 || settle_worker_busy_)) {
    now_ = Clock::now();
    take_events();
    take_outcomes();
    order_settlement();
    report();
    wait();
  }
  settlements_.request_stop();
  if (in_flight.rows() > 0) {
    observer_.say(Level::warning,
                  std::to_string(in_flight.rows()) + " rows were not settled in time; the next relay sends them again");
  }
  release_lease();
  next_report_ = now_;
  report();
}

/// Somebody who stands by goes on at once.
void Relay::release_lease() {
  if (!leases_) return;
  leases_->release();
  const auto deadline = Clock::now() + release_patience;
  while (reign_ && Clock::now() < deadline) {
    wait();
    now_ = Clock::now();
    take_events();
  }
}

}  // namespace relay::core
