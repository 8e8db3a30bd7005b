#include "relay/core/publisher.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

namespace relay::core {
namespace {

/// Lower rows of the topic are on their way when a row is accused; their acknowledgements come within a round trip.
constexpr std::chrono::milliseconds turn_wait{50};
/// Kafka acknowledges something within it, or is silent.
constexpr std::chrono::milliseconds queue_patience{100};

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

std::string_view class_of(Blame blame) {
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

}  // namespace

Publisher::Publisher(encode::MessageShape shape, encode::ColumnRoles roles, Order order, BadRowRule rule,
                     MakeProducer make_producer, Bell& bell, Observer& observer)
    : shape_(std::move(shape)),
      rule_(std::move(rule)),
      roles_(std::move(roles)),
      order_(order),
      make_producer_(std::move(make_producer)),
      bell_(bell),
      observer_(observer),
      bad_rows_(rule_.policy) {
  producer_ = make_producer_(false);
  producer_->notify(bell_.fd());
}

void Publisher::use_layout(const std::shared_ptr<const OutboxTable>& table) {
  if (table_ == table) return;
  encoder_ = encode::make_encoder(shape_, roles_, table->layout);
  dead_letter_maker_.emplace(rule_.dead_topic, shape_, roles_, table->layout);
  left_out_.tell(shape_, roles_, table->layout, table->shape.table, observer_);
  table_ = table;
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
  return sent;
}

Publisher::Fate Publisher::publish_row(const Row& row, Instant now) {
  if (in_flight_.knows(row.position, fingerprint(row.cells))) return Fate::in_flight;
  if (order_ == Order::strict && blocks_.any_below(row.position)) return Fate::waits;
  if (!blocks_.empty()) {
    const auto own = name_of(encoder_->address_of(row), row.position, Blame::row);
    if (blocks_.waits(own.topic, own.key, row.position)) return Fate::waits;
  }
  if (full_from_) {
    full_from_ = std::min(*full_from_, row.position);
    return Fate::waits;
  }
  const auto encoded = encoder_->encode(row);
  if (const auto* fault = std::get_if<Fault>(&encoded)) {
    hold_bad(name_of(encoder_->address_of(row), row.position, Blame::row), row.position, *fault, now);
    return Fate::waits;
  }
  const auto& message = std::get<Message>(encoded);
  const auto topic = topic_number(message.topic);
  if (was_accused(message, row, topic, now)) return Fate::waits;
  auto& suspicion = suspicion_of(topic);
  const auto way = suspicion.way_of(row.position);
  if (way == Suspicion::Way::later) return Fate::waits;
  auto& producer = producer_for(way);
  if (const auto fault = topic_fault(producer, topic)) {
    hold(name_of(message, row.position, Blame::topic), row.position, *fault, now);
    return Fate::waits;
  }
  if (const auto fault = row_fault(producer, message, topics_[topic])) {
    hold_bad(name_of(message, row.position, fault->blame), row.position, *fault, now);
    return Fate::waits;
  }
  const bool alone = way == Suspicion::Way::alone;
  const auto ticket = admit(row, topic, alone ? Lane::alone : Lane::together).value();
  if (!send(producer, message, ticket)) {
    in_flight_.release(ticket);
    full_from_ = row.position;
    return Fate::waits;
  }
  if (alone) {
    suspicion.sent_alone();
    alone_.emplace(ticket, topic);
  }
  return Fate::sent;
}

/// What is known against the row, or its topic, since it was sent last.
bool Publisher::was_accused(const Message& message, const Row& row, std::uint32_t topic, Instant now) {
  if (auto fault = bad_rows_.take_conviction(row)) {
    hold_bad(name_of(message, row.position, Blame::row), row.position, *fault, now);
    if (rule_.policy != OnBadRow::block)  // for probe_row
      bad_rows_.convict(row.position, fingerprint(row.cells), std::move(*fault));
    return true;
  }
  const auto accused = std::exchange(topics_[topic].accused, std::nullopt);
  if (accused) accuse(name_of(message, row.position, Blame::topic), row.position, *accused, now);
  return accused.has_value();
}

Suspicion& Publisher::suspicion_of(std::uint32_t topic) {
  return order_ == Order::strict ? strict_suspicion_ : topics_[topic].suspicion;
}

/// The lone one is made when it is needed, and let go when nothing is left in it.
kafka::Producer& Publisher::producer_for(Suspicion::Way way) {
  if (way == Suspicion::Way::together) {
    if (lone_producer_ && alone_.empty()) lone_producer_.reset();
    return *producer_;
  }
  if (!lone_producer_) {
    lone_producer_ = make_producer_(true);
    lone_producer_->notify(bell_.fd());
  }
  return *lone_producer_;
}

std::optional<Ticket> Publisher::admit(const Row& row, std::uint32_t topic, Lane lane) {
  Cargo cargo{.bytes = 0, .created_at = created_at(row), .topic = topic, .lane = lane};
  for (const auto& cell : row.cells) cargo.bytes += cell.bytes().size();
  return in_flight_.admit(row.position, fingerprint(row.cells), cargo);
}

/// The queue holds more than the pipeline lets in flight; where a user made it smaller, this is where it holds the loop up, but not
/// for as long as Kafka may be silent. @return false: it is full
bool Publisher::send(kafka::Producer& producer, const Message& message, Ticket ticket) {
  constexpr std::chrono::milliseconds turn{1};
  for (auto left = queue_patience; producer.send(message, ticket) == kafka::Sent::queue_full; left -= turn) {
    if (left <= left.zero()) return false;
    producer.collect(outcomes_);
    std::this_thread::sleep_for(turn);
  }
  return true;
}

std::uint32_t Publisher::topic_number(std::string_view name) {
  if (const auto known = topic_numbers_.find(name); known != topic_numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(topics_.size());
  topics_.emplace_back().name = name;
  topic_numbers_.emplace(name, number);
  return number;
}

/// Produce to a topic only after its metadata is known: librdkafka would take its messages and fail them later, out of order.
std::optional<Fault> Publisher::topic_fault(kafka::Producer& producer, std::uint32_t topic) {
  auto& entry = topics_[topic];
  if (entry.ready) return std::nullopt;
  auto state = topic_query_.ask(producer, entry.name);
  entry.ready = state.is == kafka::TopicState::Is::ready;
  entry.partitions = state.partitions;
  if (entry.ready) return std::nullopt;
  const auto blame = state.is == kafka::TopicState::Is::faulty ? Blame::topic : Blame::nobody;
  return Fault{blame, std::move(state.reason)};
}

/// What is known before sending. A partition that the row names, and the topic does not have, is no fault of the topic's.
std::optional<Fault> Publisher::row_fault(const kafka::Producer& producer, const Message& message, const Topic& topic) const {
  if (auto fault = producer.check(message)) return fault;
  if (!message.partition || *message.partition < topic.partitions) return std::nullopt;
  return Fault{Blame::row, "topic \"" + topic.name + "\" has no partition " + std::to_string(*message.partition) +
                               ": it has 0 to " + std::to_string(topic.partitions - 1) +
                               "; correct the row (outbox.extra-columns), or add partitions to the topic"};
}

BlockedName Publisher::name_of(const Message& message, Position position, Blame blame) const {
  std::string topic(shortened(message.topic));
  if (blame != Blame::row) return {std::move(topic), std::nullopt};
  // Without a key there is no order to keep: such a row stands for itself.
  auto key = message.key.is_null() ? "row " + std::to_string(position) : std::string(message.key.bytes());
  return {std::move(topic), std::move(key)};
}

void Publisher::hold(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  observer_.publish_error(class_of(fault.blame), 1);
  bool first = blocks_.block(name, position, fault, now, random());
  if (fault.blame != Blame::nobody) {
    first = bad_rows_.blocked(
        name, {.position = position, .topic = name.topic, .fault = fault.reason, .attempts = blocks_.find(name)->attempts});
  }
  if (!first) return;
  if (fault.blame == Blame::row) observer_.bad_rows(word_of(OnBadRow::block), 1);
  observer_.say(Level::warning, shown(name) + " waits: row " + std::to_string(position) + ": " + fault.reason);
}

/// Its name waits, and the row is read again alone at once; only then it counts as failed.
void Publisher::accuse(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  observer_.publish_error(class_of(fault.blame), 1);
  blocks_.accuse(name, position, fault.reason, now, random());
}

/// The policy needs the row at hand, alone: see `probe_row`.
void Publisher::hold_bad(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  const bool moves = rule_.policy != OnBadRow::block && fault.blame == Blame::row;
  moves ? accuse(name, position, fault, now) : hold(name, position, fault, now);
}

std::vector<Position> Publisher::due_probes(Instant now, std::size_t most, const std::function<bool(Position)>& has_read_below) {
  std::map<std::string, std::optional<Position>, std::less<>> lowest_sent;
  return blocks_.due(now, random(), most, [&](const BlockedName& name, Position position) {
    const auto [lowest, fresh] = lowest_sent.try_emplace(name.topic);
    if (fresh) lowest->second = in_flight_.lowest_on_its_way(topic_number(name.topic));
    return has_read_below(position) && !(lowest->second && *lowest->second < position);
  });
}

void Publisher::probe(const Claim& claim, const std::vector<Position>& asked, Instant now) {
  use_layout(claim.table);
  for (const auto& row : claim.rows) probe_row(row, now);
  for (const auto position : asked) {
    if (!std::ranges::binary_search(claim.positions, position)) lift(blocks_.behind(position), position, "the row is gone");
  }
}

void Publisher::probe_row(const Row& row, Instant now) {
  auto names = blocks_.behind(row.position);
  if (names.empty() || bad_rows_.parking(row.position) || in_flight_.knows(row.position, fingerprint(row.cells))) return;
  if (!probing_producer_) {
    probing_producer_ = make_producer_(true);
    probing_producer_->notify(bell_.fd());
  }
  const auto encoded = encoder_->encode(row);
  const auto* message = std::get_if<Message>(&encoded);
  const auto print = fingerprint(row.cells);
  auto fault = bad_rows_.take_conviction(row);
  const auto lowest = fault || message == nullptr ? std::nullopt : in_flight_.lowest_on_its_way(topic_number(message->topic));
  if (lowest && *lowest < row.position) {
    for (const auto& name : names) blocks_.postpone(name, now + turn_wait);  // see due_probes
    return;
  }
  if (!fault) fault = message != nullptr ? send_alone(row, *message, {names, row.position, print, {}}) : std::get<Fault>(encoded);
  if (fault && fault->blame == Blame::row) {
    if (lift_topics(names, row.position)) bad_rows_.convict(row.position, print, *fault);
    fault = names.empty() ? std::nullopt : condemn(row, message, names, *fault);
  }
  if (!fault) return;
  for (const auto& name : names) hold(name, row.position, *fault, now);
}

/// A row's own fault blocks no topic: these are lifted and taken out of the names. @return whether there were any
bool Publisher::lift_topics(std::vector<BlockedName>& names, Position position) {
  const auto topics = std::stable_partition(names.begin(), names.end(), [](const auto& name) { return name.key.has_value(); });
  const std::vector<BlockedName> lifted(topics, names.end());
  names.erase(topics, names.end());
  lift(lifted, position, "row " + std::to_string(position) + " alone is at fault");
  return !lifted.empty();
}

/// @return nothing: its outcome will come
std::optional<Fault> Publisher::send_alone(const Row& row, const Message& message, Probe probe) {
  const auto topic = topic_number(message.topic);
  topics_[topic].ready = false;
  if (auto fault = topic_fault(*probing_producer_, topic)) return fault;
  if (auto fault = row_fault(*probing_producer_, message, topics_[topic])) return fault;
  const auto ticket = admit(row, topic, Lane::probe).value();
  if (!send(*probing_producer_, message, ticket)) {
    in_flight_.release(ticket);
    return Fault{Blame::nobody, "librdkafka's queue is full (kafka.queue.buffering.max.*)"};
  }
  probes_.emplace(ticket, std::move(probe));
  return std::nullopt;
}

/// The row failed alone by its own fault. @return nothing: it is on its way elsewhere
std::optional<Fault> Publisher::condemn(const Row& row, const Message* message, std::vector<BlockedName> names,
                                        const Fault& fault) {
  if (rule_.policy == OnBadRow::block) return fault;
  if (rule_.policy == OnBadRow::park) {
    const auto* block = blocks_.find(names.front());
    const Verdict verdict{
        .position = row.position, .topic = names.front().topic, .fault = fault.reason, .attempts = block->attempts + 1};
    for (const auto& name : names) blocks_.suspend(name);
    bad_rows_.park(std::move(names), {fingerprint(row.cells), verdict});
    return std::nullopt;
  }
  const auto letter = dead_letter_maker_->make(row, message, fault.reason);
  auto trouble =
      std::holds_alternative<Fault>(letter)
          ? std::optional(std::get<Fault>(letter))
          : send_alone(row, std::get<Message>(letter), {std::move(names), row.position, fingerprint(row.cells), fault.reason});
  if (!trouble) return std::nullopt;
  return Fault{trouble->blame == Blame::nobody ? Blame::nobody : Blame::row,
               fault.reason + "; nor can it go to the dead-letter topic: " + trouble->reason};
}

void Publisher::take(const DeadDone& done, Instant now) {
  for (const auto& [position, trouble] : done.parked) {
    const auto waiting = bad_rows_.parked(position);
    if (trouble.empty()) {
      observer_.bad_rows(word_of(OnBadRow::park), 1);
      observer_.say(Level::warning,
                    "row " + std::to_string(position) + " is parked among the dead letters: " + waiting.verdict.fault);
      lift(waiting.names, position, "row " + std::to_string(position) + " is parked");
      continue;
    }
    const Fault fault{Blame::row, waiting.verdict.fault + "; nor can it be parked: " + trouble};
    for (const auto& name : waiting.names) hold(name, position, fault, now);
  }
}

/// A lower row may have come meanwhile: then that one stands in the way, and is probed.
void Publisher::lift(const std::vector<BlockedName>& names, Position position, const std::string& why) {
  for (const auto& name : names) {
    bad_rows_.lifted(name);
    if (!blocks_.lift(name, position)) {
      blocks_.postpone(name, {});
      continue;
    }
    rewind_to(position);
    observer_.say(Level::info, shown(name) + " goes on: " + why);
  }
  if (blocks_.empty() && probes_.empty()) probing_producer_.reset();
}

void Publisher::read_anew() {
  std::set<BlockedName> probed;  // these wait for the outcome: through the other producer their rows would overtake the probe
  for (const auto& [ticket, probe] : probes_) probed.insert(probe.names.begin(), probe.names.end());
  probed.merge(bad_rows_.names_parking());
  blocks_.keep_only(probed);
  in_flight_.doubt();
}

void Publisher::rewind_to(Position position) {
  rewind_ = std::min(rewind_.value_or(position), position);
}

/// What became known up to the moment at which the producer gave up. @return why it did, if so
std::optional<std::string> Publisher::gather(kafka::Producer* producer) {
  if (producer == nullptr) return std::nullopt;
  producer->collect(outcomes_);
  auto why = producer->fatal();
  if (why) producer->collect(outcomes_);
  return why;
}

std::optional<Position> Publisher::collect(Instant now) {
  const auto why = gather(producer_.get());
  const auto why_alone = gather(lone_producer_.get());
  const auto why_probing = gather(probing_producer_.get());
  const auto today = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  if (full_from_ && !outcomes_.empty()) rewind_to(*std::exchange(full_from_, std::nullopt));
  for (const auto& outcome : std::exchange(outcomes_, {})) take_outcome(outcome, now, today.count());
  tell_acknowledged();
  if (why_probing) give_up_probes(now);
  if (std::exchange(convicted_, false) || why_alone) give_up_alone();
  const auto rejected = std::exchange(rejected_, std::nullopt);
  if (why || rejected) {
    observer_.say(Level::warning, "Kafka's producer cannot go on and is replaced: " + (why ? *why : *rejected));
    replace_producer();
  }
  return std::exchange(rewind_, std::nullopt);
}

void Publisher::take_outcome(const kafka::Outcome& outcome, Instant now, Micros today) {
  if (outcome.fault) return take_fault(outcome, now);
  if (const auto cargo = in_flight_.acknowledge(outcome.ticket)) {
    ++topics_[cargo->topic].acknowledged;
    if (cargo->created_at) end_to_end_.push_back(static_cast<double>(today - *cargo->created_at) / 1e6);
  }
  left_alone_lane(outcome.ticket);
  if (auto probe = probes_.extract(outcome.ticket); !probe.empty()) take_probe(probe.mapped());
}

void Publisher::take_fault(const kafka::Outcome& outcome, Instant now) {
  left_alone_lane(outcome.ticket);
  const auto row = in_flight_.admitted(outcome.ticket);
  if (!row) return;
  in_flight_.release(outcome.ticket);
  const auto& fault = *outcome.fault;
  if (const auto probe = probes_.extract(outcome.ticket); !probe.empty()) return take_probe_fault(probe.mapped(), fault, now);
  observer_.publish_error(class_of(fault.blame), 1);
  rewind_to(row->position);
  if (fault.blame == Blame::topic) {
    topics_[row->topic].accused = fault;
    for (auto& topic : topics_) topic.ready = false;
  }
  if (fault.blame != Blame::row) return;
  if (row->lane == Lane::alone) {
    bad_rows_.convict(row->position, row->fingerprint, fault);
    convicted_ = true;
  } else {
    suspicion_of(row->topic).accuse(row->position);
    rejected_ = fault.reason;
  }
}

void Publisher::left_alone_lane(Ticket ticket) {
  const auto topic = alone_.extract(ticket);
  if (topic.empty()) return;
  if (const auto position = suspicion_of(topic.mapped()).done()) rewind_to(*position);
}

void Publisher::take_probe(const Probe& probe) {
  const auto row = "row " + std::to_string(probe.position);
  if (!probe.reason.empty()) {
    observer_.bad_rows(word_of(OnBadRow::topic), 1);
    observer_.say(Level::warning, row + " went to the dead-letter topic: " + probe.reason);
  }
  lift(probe.names, probe.position, probe.reason.empty() ? row + " was sent" : row + " went to the dead-letter topic");
}

void Publisher::take_probe_fault(const Probe& probe, const Fault& fault, Instant now) {
  if (fault.blame == Blame::nobody && probing_producer_->fatal()) return give_back(probe, now);
  const bool first = probe.reason.empty();
  if (first && fault.blame == Blame::row) {
    auto names = probe.names;
    const bool lifted = lift_topics(names, probe.position);
    if (lifted || rule_.policy != OnBadRow::block) bad_rows_.convict(probe.position, probe.fingerprint, fault);
    for (const auto& name : names) hold_bad(name, probe.position, fault, now);
    return;
  }
  const auto reason = first ? fault.reason : probe.reason + "; nor can it go to the dead-letter topic: " + fault.reason;
  const auto blame = first || fault.blame == Blame::nobody ? fault.blame : Blame::row;
  for (const auto& name : probe.names) hold(name, probe.position, {blame, reason}, now);
}

/// It ended with its producer, and nothing is known of it. What was on its way to the dead-letter topic goes there again.
void Publisher::give_back(const Probe& probe, Instant now) {
  if (!probe.reason.empty()) bad_rows_.convict(probe.position, probe.fingerprint, {Blame::row, probe.reason});
  for (const auto& name : probe.names) blocks_.give_back(name, now);
}

void Publisher::give_up_probes(Instant now) {
  for (const auto& [ticket, probe] : probes_) give_back(probe, now);
  probes_.clear();
  release(Lane::probe);
  probing_producer_.reset();
}

void Publisher::give_up_alone() {
  release(Lane::alone);
  for (auto& topic : topics_) topic.suspicion.lost();
  strict_suspicion_.lost();
  alone_.clear();
  lone_producer_.reset();
}

void Publisher::replace_producer() {
  release(Lane::together);
  producer_.reset();
  producer_ = make_producer_(false);
  producer_->notify(bell_.fd());
}

/// Nothing that is still inside is known to have arrived: it is sent again, from the lowest row on (P2, P3). A probe's name waits.
void Publisher::release(Lane lane) {
  if (const auto lowest = in_flight_.lowest_unacknowledged(lane); lowest && lane != Lane::probe) rewind_to(*lowest);
  if (full_from_) rewind_to(*std::exchange(full_from_, std::nullopt));
  duplicates_possible_ += in_flight_.release_unacknowledged(lane);
}

void Publisher::abandon(Instant now) {
  static_cast<void>(collect(now));
  give_up_probes(now);
  give_up_alone();
  replace_producer();
  rewind_.reset();
  full_from_.reset();
  in_flight_.doubt();
  blocks_ = {};
  for (auto& topic : topics_) {
    topic.ready = false;
    topic.accused.reset();
    topic.suspicion = {};
  }
  strict_suspicion_ = {};
}

void Publisher::tell_acknowledged() {
  for (auto& topic : topics_) {
    if (topic.acknowledged > 0) observer_.published(topic.name, std::exchange(topic.acknowledged, 0));
  }
  if (!end_to_end_.empty()) observer_.end_to_end(end_to_end_);
  end_to_end_.clear();
}

std::optional<Micros> Publisher::created_at(const Row& row) const {
  if (!table_->created_at_index) return std::nullopt;
  const auto& cell = row.cells[*table_->created_at_index];
  return cell.is_null() ? std::nullopt : parse_timestamp(cell.bytes());
}

}  // namespace relay::core
