#include "relay/core/publisher.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

namespace relay::core {
namespace {

/// A new topic's metadata comes within milliseconds, or the cluster is out of reach and the topic waits like in an outage.
constexpr std::chrono::milliseconds metadata_limit{3000};

/// While no broker answers, a question has to last long enough for an answer: it is what finds out that they do again.
constexpr std::chrono::milliseconds metadata_limit_in_outage{100};

/// Lower rows of the topic are on their way when a row is accused; their acknowledgements come within a round trip.
constexpr std::chrono::milliseconds turn_wait{50};

std::string shown(const BlockedName& name) {
  return name.key ? "key \"" + *name.key + "\" of topic \"" + name.topic + "\"" : "topic \"" + name.topic + "\"";
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

Publisher::Publisher(encode::MessageShape shape, encode::ColumnRoles roles, Order order, MakeProducer make_producer, Bell& bell,
                     Observer& observer)
    : shape_(std::move(shape)),
      roles_(std::move(roles)),
      order_(order),
      make_producer_(std::move(make_producer)),
      bell_(bell),
      observer_(observer) {
  producer_ = make_producer_(false);
  producer_->notify(bell_.fd());
}

void Publisher::use_layout(const std::shared_ptr<const OutboxTable>& table) {
  if (table_ == table) return;
  encoder_ = encode::make_encoder(shape_, roles_, table->layout);
  table_ = table;
}

std::size_t Publisher::publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows, Instant now) {
  use_layout(table);
  std::size_t sent = 0;
  for (const auto& row : rows) sent += publish_row(row, now) ? 1 : 0;
  skipped_ = rows.size() - sent;
  return sent;
}

bool Publisher::publish_row(const Row& row, Instant now) {
  if (in_flight_.knows(row.position, fingerprint(row.cells))) return false;
  if (order_ == Order::strict && blocks_.any_below(row.position)) return false;
  const auto encoded = encoder_->encode(row);
  if (const auto* fault = std::get_if<Fault>(&encoded)) {
    hold(name_of(encoder_->address_of(row), row.position, Blame::row), row.position, *fault, now);
    return false;
  }
  const auto& message = std::get<Message>(encoded);
  const auto key = message.key.is_null() ? std::nullopt : std::optional(message.key.bytes());
  if (blocks_.waits(message.topic, key, row.position)) return false;

  if (const auto accused = accused_.extract(row.position); !accused.empty()) {
    const auto& fault = accused.mapped();
    hold(name_of(message, row.position, fault.blame), row.position, fault, now - std::chrono::hours(1));  // probed at once
    return false;
  }
  const auto topic = topic_number(message.topic);
  if (const auto fault = topic_fault(*producer_, topic)) {
    hold(name_of(message, row.position, Blame::topic), row.position, *fault, now);
    return false;
  }
  if (const auto fault = producer_->check(message)) {
    hold(name_of(message, row.position, fault->blame), row.position, *fault, now);
    return false;
  }
  send(*producer_, message, admit(row, topic, false).value());
  return true;
}

std::optional<Ticket> Publisher::admit(const Row& row, std::uint32_t topic, bool probe) {
  Cargo cargo{.bytes = 0, .created_at = created_at(row), .topic = topic, .probe = probe};
  for (const auto& cell : row.cells) cargo.bytes += cell.bytes().size();
  return in_flight_.admit(row.position, fingerprint(row.cells), cargo);
}

/// The queue holds more than the pipeline lets in flight; where a user made it smaller, this is where it holds the loop up.
void Publisher::send(kafka::Producer& producer, const Message& message, Ticket ticket) {
  while (producer.send(message, ticket) == kafka::Sent::queue_full) {
    producer.collect(outcomes_);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::uint32_t Publisher::topic_number(std::string_view name) {
  if (const auto known = topic_numbers_.find(name); known != topic_numbers_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(topics_.size());
  topics_.push_back({std::string(name)});
  topic_numbers_.emplace(name, number);
  return number;
}

/// Produce to a topic only after its metadata is known: librdkafka would take its messages and fail them later, out of order.
std::optional<Fault> Publisher::topic_fault(kafka::Producer& producer, std::uint32_t topic) {
  auto& entry = topics_[topic];
  if (entry.ready) return std::nullopt;
  auto state = producer.topic_state(entry.name, producer.outage() ? metadata_limit_in_outage : metadata_limit);
  entry.ready = state.is == kafka::TopicState::Is::ready;
  if (entry.ready) return std::nullopt;
  const auto blame = state.is == kafka::TopicState::Is::faulty ? Blame::topic : Blame::nobody;
  return Fault{blame, std::move(state.reason)};
}

BlockedName Publisher::name_of(const Message& message, Position position, Blame blame) const {
  if (blame != Blame::row) return {std::string(message.topic), std::nullopt};
  // Without a key there is no order to keep: such a row stands for itself.
  auto key = message.key.is_null() ? "row " + std::to_string(position) : std::string(message.key.bytes());
  return {std::string(message.topic), std::move(key)};
}

void Publisher::hold(const BlockedName& name, Position position, const Fault& fault, Instant now) {
  observer_.publish_error(class_of(fault.blame), 1);
  const bool fresh = blocks_.block(name, position, fault, now, random());
  if (fresh) observer_.say(Level::warning, shown(name) + " waits: row " + std::to_string(position) + ": " + fault.reason);
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
  if (names.empty() || in_flight_.knows(row.position, fingerprint(row.cells))) return;
  if (!probing_producer_) {
    probing_producer_ = make_producer_(true);
    probing_producer_->notify(bell_.fd());
  }
  const auto encoded = encoder_->encode(row);
  std::optional<Fault> fault;
  if (const auto* bad = std::get_if<Fault>(&encoded)) {
    fault = *bad;
  } else {
    const auto& message = std::get<Message>(encoded);
    const auto topic = topic_number(message.topic);
    if (const auto lowest = in_flight_.lowest_on_its_way(topic); lowest && *lowest < row.position) {  // see due_probes
      for (const auto& name : names) blocks_.postpone(name, now + turn_wait);
      return;
    }
    topics_[topic].ready = false;
    fault = topic_fault(*probing_producer_, topic);
    if (!fault) fault = probing_producer_->check(message);
    if (!fault) {
      const auto ticket = admit(row, topic, true).value();
      probes_.emplace(ticket, Probe{std::move(names), row.position});
      send(*probing_producer_, message, ticket);
      return;
    }
  }
  for (const auto& name : names) hold(name, row.position, *fault, now);
}

void Publisher::lift(const std::vector<BlockedName>& names, Position position, std::string_view why) {
  for (const auto& name : names) {
    if (!blocks_.lift(name, position)) continue;
    observer_.say(Level::info, shown(name) + " goes on: " + std::string(why));
    rewind_to(position);
  }
  if (blocks_.empty() && probes_.empty()) probing_producer_.reset();
}

void Publisher::read_anew() {
  std::set<BlockedName> probed;  // these wait for the outcome: through the other producer their rows would overtake the probe
  for (const auto& [ticket, probe] : probes_) probed.insert(probe.names.begin(), probe.names.end());
  blocks_.keep_only(probed);
  in_flight_.doubt();
}

void Publisher::rewind_to(Position position) {
  rewind_ = std::min(rewind_.value_or(position), position);
}

std::optional<Position> Publisher::collect(Instant now) {
  producer_->collect(outcomes_);
  if (probing_producer_) probing_producer_->collect(outcomes_);
  const auto today = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch());
  for (const auto& outcome : std::exchange(outcomes_, {})) take_outcome(outcome, now, today.count());
  tell_acknowledged();
  if (const auto why = producer_->fatal()) renew_producer(*why);
  return std::exchange(rewind_, std::nullopt);
}

void Publisher::take_outcome(const kafka::Outcome& outcome, Instant now, Micros today) {
  if (outcome.fault) return take_fault(outcome, now);
  if (const auto cargo = in_flight_.acknowledge(outcome.ticket)) {
    ++topics_[cargo->topic].acknowledged;
    if (cargo->created_at) end_to_end_.push_back(static_cast<double>(today - *cargo->created_at) / 1e6);
  }
  if (const auto probe = probes_.extract(outcome.ticket); !probe.empty()) {
    lift(probe.mapped().names, probe.mapped().position, "row " + std::to_string(probe.mapped().position) + " was sent");
  }
}

void Publisher::take_fault(const kafka::Outcome& outcome, Instant now) {
  const auto position = in_flight_.position(outcome.ticket);
  if (!position) return;
  in_flight_.release(outcome.ticket);
  if (const auto probe = probes_.extract(outcome.ticket); !probe.empty()) {
    for (const auto& name : probe.mapped().names) hold(name, *position, *outcome.fault, now);
    if (probing_producer_->fatal()) give_up_probes();
    return;
  }
  observer_.publish_error(class_of(outcome.fault->blame), 1);
  if (outcome.fault->blame != Blame::nobody) accused_.insert_or_assign(*position, *outcome.fault);
  if (outcome.fault->blame == Blame::topic) {
    for (auto& topic : topics_) topic.ready = false;
  }
  rewind_to(*position);
}

/// What was inside with the row that failed is probed again when its time comes.
void Publisher::give_up_probes() {
  for (const auto& [ticket, probe] : probes_) in_flight_.release(ticket);
  probes_.clear();
  probing_producer_.reset();
}

/// Nothing that is still inside is known to have arrived: it is sent again, from the lowest row on (P2, P3).
void Publisher::renew_producer(const std::string& why) {
  observer_.say(Level::warning, "Kafka's producer cannot go on and is replaced: " + why);
  if (const auto lowest = in_flight_.lowest_unacknowledged()) rewind_to(*lowest);
  replace_producer();
}

void Publisher::replace_producer() {
  give_up_probes();
  duplicates_possible_ += in_flight_.release_unacknowledged();
  producer_.reset();
  producer_ = make_producer_(false);
  producer_->notify(bell_.fd());
}

void Publisher::abandon(Instant now) {
  static_cast<void>(collect(now));
  replace_producer();
  in_flight_.doubt();
  blocks_ = {};
  accused_.clear();
  for (auto& topic : topics_) topic.ready = false;
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
