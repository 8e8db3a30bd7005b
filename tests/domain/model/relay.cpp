#include "tests/domain/model/relay.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace model {

using relay::ClaimOrder;
using relay::Position;
using relay::Ticket;

namespace {

const std::string topic = "orders";
constexpr std::size_t most_in_flight = 12;

relay::BlockedName name_of(const Event& event) {
  return {topic, "key " + std::to_string(event.key)};
}

}  // namespace

Relay::Relay(Outbox& outbox, Books& books, Random& random, const World& world, Rule off)
    : outbox_(outbox),
      books_(books),
      random_(random),
      world_(world),
      off_(off),
      producer_(random, books, world.partitions),
      probing_(random, books, world.partitions),
      scan_(world.scan) {}

void Relay::step(relay::Instant now) {
  now_ = now;
  switch (random_.below(9)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return claim_ ? advance_claim() : order_claim();
    case 4:
      return take_event();
    case 5:
      static_cast<void>(random_.one_in(3) ? probing_.arrive() : producer_.arrive());
      return;
    case 6:
      return acknowledge();
    default:
      return settle();
  }
}

void Relay::order_claim() {
  if (window_.claim_under_way() || in_flight_.rows() > most_in_flight) return;
  const auto limit = 1 + random_.below(6);
  auto due = blocks_.due(now_, 0, most_in_flight, [this](const auto& /*name*/, Position lowest) {
    return (off_ == Rule::probe_waits_for_rewind || window_.has_read_below(lowest)) && !overtakes(lowest);
  });
  if (!due.empty()) {
    claim_.emplace(window_.order_ids(std::move(due)), off_);
  } else if (world_.sweeps && random_.one_in(6)) {
    claim_.emplace(window_.order_sweep(limit), off_);
  } else {
    claim_.emplace(window_.order(scan_, limit, random_.below(3) > 0), off_);
  }
}

void Relay::advance_claim() {
  if (claim_session_lost_) {
    if (!connects()) return;
    claim_session_lost_ = false;
    claim_->begin_again();
    inbox_.emplace_back(Reconnected{});
  }
  if (claim_->advance(outbox_)) inbox_.emplace_back(Claimed{*std::exchange(claim_, std::nullopt)});
}

void Relay::take_event() {
  if (inbox_.empty()) return;
  auto letter = std::move(inbox_.front());
  inbox_.pop_front();
  std::visit([this](auto& what) { take(what); }, letter);
}

void Relay::take(Claimed& claimed) {
  auto& claim = claimed.claim;
  std::vector<Position> positions;
  auto findings = claim.findings(positions);
  if (off_ == Rule::proof_by_a_later_claim && claim.order().read_writers) findings.writers = outbox_.writers();
  if (off_ == Rule::never_by_age) findings.writers.reset();
  if (!window_.take(findings, now_)) return;
  if (window_.drawn_ahead() > 0 && scan_ == relay::Scan::gaps && off_ != Rule::drawn_ahead_ends_gaps) {
    scan_ = relay::Scan::head;
    window_.rewind(relay::lowest_position);
  }
  if (off_ == Rule::never_by_age) window_.expire_gaps(now_ - std::chrono::seconds(1));
  if (off_ == Rule::settled_rows_remembered) in_flight_.claims_taken_in();
  if (claim.order().kind == ClaimOrder::Kind::ids) {
    probe(claim);
  } else {
    if (claim.order().kind == ClaimOrder::Kind::sweep) claim.keep_through(window_.last());
    waiting_.clear();
    for (const auto& event : claim.rows()) publish(event);
    window_.handed_on(waiting_, in_flight_.lowest().value_or(relay::highest_position));
  }
  in_flight_.claims_taken_in();
}

void Relay::take(const Settled& settled) {
  settle_worker_busy_ = false;
  in_flight_.settled(settled.rows, window_.claim_under_way());
  for (const auto& row : settled.rows) sent_.erase(row.ticket);
}

void Relay::take(const Reconnected& /*reconnected*/) {
  if (off_ != Rule::new_connection_from_the_head) window_.rewind(relay::lowest_position);
  in_flight_.doubt();
  std::set<relay::BlockedName> probed;
  for (const auto& [ticket, names] : probes_) probed.insert(names.begin(), names.end());
  if (off_ != Rule::new_connection_blocks_nobody) blocks_.keep_only(probed);
}

bool Relay::bad(const Event& event) const noexcept {
  return world_.bad_rows && !healthy_ && event.number % 5 == 0;
}

Ticket Relay::admit(const Event& event, bool probe) {
  const relay::Cargo cargo{.bytes = 1, .created_at = {}, .topic = 0, .lane = probe ? relay::Lane::probe : relay::Lane::together};
  return in_flight_.admit(event.id, fingerprint(event, off_), cargo).value();
}

void Relay::publish(const Event& event) {
  if (in_flight_.knows(event.id, fingerprint(event, off_))) return;
  const auto name = name_of(event);
  const bool waits = blocks_.waits(name.topic, name.key, event.id);
  const bool accused = !waits && accused_.erase(event.number) != 0;
  if (waits || accused || bad(event)) waiting_.push_back(event.id);
  if (waits) return;
  if (accused) return block(name, event.id, now_ - std::chrono::hours(1));
  if (bad(event)) return block(name, event.id, now_);
  send(producer_, event, admit(event, false));
}

void Relay::send(Producer& producer, const Event& event, Ticket ticket) {
  sent_[ticket] = {event};
  if (world_.relays > 1) books_.excuse(event.number);
  producer.send(event, ticket);
}

void Relay::block(const relay::BlockedName& name, Position position, relay::Instant since) {
  blocks_.block(name, position, {relay::Blame::row, "bad"}, since, 0);
}

void Relay::probe(const Claiming& claim) {
  const auto& asked = claim.order().ids;
  for (const auto position : asked) {
    const bool gone = std::ranges::find(claim.rows(), position, &Event::id) == claim.rows().end();
    if (gone) lift(blocks_.behind(position), position);
  }
  for (const auto& event : claim.rows()) {
    auto names = blocks_.behind(event.id);
    if (names.empty() || in_flight_.knows(event.id, fingerprint(event, off_))) continue;
    if (overtakes(event.id)) continue;
    if (bad(event)) {
      block(name_of(event), event.id, now_);
      continue;
    }
    const auto ticket = admit(event, true);
    probes_.emplace(ticket, std::move(names));
    send(probing_, event, ticket);
  }
}

bool Relay::overtakes(Position position) const {
  const auto lowest = in_flight_.lowest_on_its_way(0);
  return off_ != Rule::probe_waits_for_acknowledgements && lowest && *lowest < position;
}

void Relay::lift(const std::vector<relay::BlockedName>& names, Position position) {
  for (const auto& name : names) {
    if (blocks_.lift(name, position)) window_.rewind(position);
  }
}

void Relay::acknowledge() {
  auto ticket = producer_.acknowledged();
  if (!ticket) ticket = probing_.acknowledged();
  if (!ticket) return;
  if (const auto row = in_flight_.admitted(*ticket); in_flight_.acknowledge(*ticket)) {
    sent_.at(*ticket).acknowledged = true;
    if (const auto probe = probes_.extract(*ticket); !probe.empty()) lift(probe.mapped(), row->position);
  }
}

void Relay::settle() {
  if (!settling_) {
    if (settle_worker_busy_ || in_flight_.acknowledged() == 0) return;
    settling_.emplace(in_flight_.take_acknowledged(), window_.gaps(), off_);
    settle_worker_busy_ = true;
    return;
  }
  if (settle_session_lost_) {
    if (!connects()) return;
    settle_session_lost_ = false;
    settling_->in_doubt();
    inbox_.emplace_back(Reconnected{});
  } else if (settling_->advance(outbox_, random_, world_.lost_replies)) {
    inbox_.emplace_back(Settled{settling_->rows()});
    settling_.reset();
  }
}

void Relay::rewind() {
  if (window_.last() != relay::lowest_position) window_.rewind(window_.last() - static_cast<Position>(random_.below(6)));
}

void Relay::replace_producer() {
  const auto lowest = in_flight_.lowest_unacknowledged(relay::Lane::together);
  for (const auto& [ticket, sent] : sent_) {
    if (sent.acknowledged) continue;
    books_.excuse(sent.event.number);
    if (world_.bad_rows && random_.one_in(3)) accused_.insert(sent.event.number);
  }
  std::erase_if(sent_, [](const auto& entry) { return !entry.second.acknowledged; });
  producer_.end();
  probing_.end();
  probes_.clear();
  in_flight_.release_unacknowledged(relay::Lane::together);
  in_flight_.release_unacknowledged(relay::Lane::probe);
  if (lowest) window_.rewind(*lowest);
}

void Relay::end() {
  for (const auto& [ticket, sent] : sent_) books_.excuse(sent.event.number);
  producer_.end();
  probing_.end();
}

bool Relay::at_rest() const noexcept {
  return in_flight_.rows() == 0 && blocks_.empty() && window_.gaps().empty() && !settling_;
}

}  // namespace model
