#include "relay/core/table_publisher.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace relay::core {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds faulty_topic_interval{1};
constexpr milliseconds last_words{100};
constexpr milliseconds queue_patience{1000};  // giving up costs the producer, and all that is inside is sent again

constexpr unsigned row_bits = 20;
constexpr unsigned page_bits = 28;
constexpr unsigned table_bits = 8;
constexpr unsigned topic_bits = 64 - row_bits - page_bits - table_bits;
static_assert(TableTicket::further_topic == (1U << topic_bits) - 1);

constexpr std::uint64_t low_bits(std::uint64_t number, unsigned bits) noexcept {
  return number & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace

const encode::ColumnRoles& no_roles() noexcept {
  static const encode::ColumnRoles none{
      .id = {}, .aggregate_type = {}, .aggregate_id = {}, .event_type = {}, .payload = {}, .headers = {}, .created_at = {}};
  return none;
}

kafka::Ticket TableTicket::number() const noexcept {
  kafka::Ticket number = std::min(topic, further_topic);
  number = number << table_bits | low_bits(table, table_bits);
  number = number << page_bits | low_bits(row.page, page_bits);
  return number << row_bits | low_bits(row.row, row_bits);
}

TableTicket TableTicket::of(kafka::Ticket number) noexcept {
  TableTicket ticket;
  ticket.row.row = static_cast<std::uint32_t>(low_bits(number, row_bits));
  ticket.row.page = low_bits(number >> row_bits, page_bits);
  ticket.table = low_bits(number >> (row_bits + page_bits), table_bits);
  ticket.topic = static_cast<Topics::Number>(number >> (row_bits + page_bits + table_bits));
  return ticket;
}

TablePublisher::TablePublisher(std::vector<encode::MessageShape> shapes, MakeProducer make_producer, Bell& bell, Observer& observer)
    : shapes_(std::move(shapes)),
      make_producer_(std::move(make_producer)),
      bell_(bell),
      observer_(observer),
      opened_(shapes_.size()),
      encoders_(shapes_.size()),
      left_out_(shapes_.size()),
      bad_(shapes_.size()) {
  replace_producer();
}

void TablePublisher::use(std::size_t table, const std::shared_ptr<const PolledTable>& opened) {
  if (opened_[table] == opened) return;
  const auto shape = opened->message_shape(shapes_[table]);
  encoders_[table] = encode::make_encoder(shape, no_roles(), opened->layout);
  left_out_[table].tell(shape, no_roles(), opened->layout, opened->shape.table, observer_);
  opened_[table] = opened;
}

TablePublisher::Verdict TablePublisher::prepare(std::size_t table, const Row& row, const SentVersion& version) {
  if (version.time == earliest_time) {
    if (const auto fault = opened_[table]->time_fault(row.cells)) return hold(table, version, *fault, false);
  }
  auto encoded = encoders_[table]->encode(row);
  if (const auto* fault = std::get_if<Fault>(&encoded)) return hold(table, version, *fault, false);
  message_ = std::get<Message>(encoded);
  if (!bad_[table].empty()) {
    const auto known = bad_[table].find(version.key);
    if (known != bad_[table].end() && known->second.rejected && known->second.fingerprint == version.fingerprint) {
      why_held_ = known->second.reason;
      return Verdict::held;
    }
  }
  topic_ = topics_.number_of(message_.topic);
  if (!topics_.ready(topic_)) {
    const auto verdict = topic_verdict();
    if (verdict != Verdict::ready) return verdict;
  }
  if (const auto fault = producer_->check(message_)) return hold(table, version, *fault, false);
  if (!bad_[table].empty()) bad_[table].erase(version.key);
  return Verdict::ready;
}

bool TablePublisher::send(std::size_t table, const TableWindow::Ticket& ticket, Instant now) {
  has_sent_ = true;
  const auto number = TableTicket{table, topic_, ticket}.number();
  if (!send_patiently(*producer_, message_, number, queue_patience, outcomes_)) return false;
  if (topic_ >= TableTicket::further_topic) further_topics_.emplace(number, topic_);
  if (on_their_way_.size() <= topic_) on_their_way_.resize(topic_ + 1);
  auto& way = on_their_way_[topic_];
  if (way.rows++ == 0) way.silence.broken(now);
  way.silence.sent(now);
  return true;
}

TablePublisher::Verdict TablePublisher::topic_verdict() {
  const auto now = std::chrono::steady_clock::now();
  const auto known = faulty_topics_.find(message_.topic);
  if (known != faulty_topics_.end() && now < known->second.ask_again) {
    why_held_ = known->second.reason;
    return Verdict::held;
  }
  const auto fault = topics_.fault(*producer_, topic_);
  if (fault && fault->blame != Blame::topic) return Verdict::not_now;
  if (!fault) return Verdict::ready;
  hold_topic(topics_.name(topic_), fault->reason).ask_again = now + faulty_topic_interval;
  why_held_ = fault->reason;
  return Verdict::held;
}

/// Said once for each reason.
TablePublisher::FaultyTopic& TablePublisher::hold_topic(const std::string& name, const std::string& reason) {
  auto& topic = faulty_topics_[name];
  if (topic.reason == reason) return topic;
  topic.reason = reason;
  observer_.publish_error("topic", 1);
  observer_.say(Level::warning, "topic \"" + name + "\" waits: " + reason);
  return topic;
}

/// The cluster has the topic, and takes nothing for it: metadata will not say when that is over.
void TablePublisher::refused(const std::string& topic, const std::string& reason) {
  topics_.doubt_all();
  const auto now = std::chrono::steady_clock::now();
  auto& faulty = hold_topic(topic, reason);
  if (now < faulty.ask_again) return;  // with others of its batch
  faulty.ask_again = now + faulty.refusals.next(std::uniform_real_distribution<double>{}(random_));
}

/// Said once for each version of a row.
TablePublisher::Verdict TablePublisher::hold(std::size_t table, const SentVersion& version, const Fault& fault, bool rejected) {
  why_held_ = fault.reason;
  auto& known = bad_[table][version.key];
  if (known.fingerprint != version.fingerprint) {
    observer_.publish_error("row", 1);
    observer_.bad_rows("block", 1);
    const bool has_time = opened_[table]->time_index && version.time != earliest_time;
    const auto time = has_time ? ", " + iso_timestamp(version.time) : "";
    observer_.say(Level::warning, "a row of table " + opened_[table]->shape.table + time +
                                      " cannot be sent, and the cursor stays below it: " + fault.reason);
  }
  known = {version.fingerprint, rejected, fault.reason};
  return Verdict::held;
}

const std::vector<TableOutcome>& TablePublisher::collect(Instant now) {
  producer_->collect(outcomes_);
  const bool says_why = std::ranges::any_of(outcomes_, [](const auto& outcome) { return outcome.fault.has_value(); });
  if (!says_why && broken()) {  // librdkafka gives up first, and says then which message was refused
    static_cast<void>(producer_->flush(last_words));
    producer_->collect(outcomes_);
  }
  collected_.clear();
  for (auto& outcome : outcomes_) collected_.push_back({came_back(outcome.ticket, now), std::move(outcome.fault)});
  outcomes_.clear();
  return collected_;
}

TableTicket TablePublisher::came_back(kafka::Ticket number, Instant now) {
  auto ticket = TableTicket::of(number);
  if (ticket.topic == TableTicket::further_topic) ticket.topic = further_topics_.extract(number).mapped();
  auto& way = on_their_way_[ticket.topic];
  --way.rows;
  way.silence.broken(now);
  return ticket;
}

/// What was sent to a topic before it was refused says nothing, nor what others of its partitions take.
void TablePublisher::acknowledged(const TableTicket& ticket) {
  topics_.acknowledged(ticket.topic);
  if (faulty_topics_.empty()) return;
  const auto known = faulty_topics_.find(topics_.name(ticket.topic));
  if (known == faulty_topics_.end() || on_their_way_[ticket.topic].rows > 0) return;
  if (std::chrono::steady_clock::now() < known->second.ask_again) return;
  observer_.say(Level::info, "topic \"" + known->first + "\" goes on");
  faulty_topics_.erase(known);
}

void TablePublisher::rejected(const TableTicket& ticket, const SentVersion& version, const Fault& fault) {
  if (fault.blame == Blame::topic) refused(topics_.name(ticket.topic), fault.reason);
  if (fault.blame != Blame::row) return;
  if (alone_) hold(ticket.table, version, fault, true);
  one_by_one_ = !alone_;  // once the culprit is known the others go in batches again, until there is another one
}

bool TablePublisher::hold_silent(Instant now) {
  std::vector<Topics::Number> silent;
  for (Topics::Number topic = 0; topic < on_their_way_.size(); ++topic) {
    const auto& way = on_their_way_[topic];
    if (way.rows == 0) continue;
    if (!way.silence.is_long(now)) return false;
    silent.push_back(topic);
  }
  if (silent.empty()) return false;
  if (producer_->outage()) {
    if (!topics_.outage_is_over(*producer_, silent.front())) return false;
    for (const auto topic : silent) on_their_way_[topic].silence.outage_over(now);
    return false;
  }
  for (const auto topic : silent) refused(topics_.name(topic), topics_.unheard(topic));
  return true;
}

std::string TablePublisher::silence(Instant now) const {
  std::string why;
  bool some_arrive = false;
  for (Topics::Number topic = 0; topic < on_their_way_.size(); ++topic) {
    const auto& [rows, silence] = on_their_way_[topic];
    if (rows == 0) continue;
    if (silence.is_long(now)) return topics_.unheard(topic);
    if (silence.is_odd(now)) {
      why = topics_.unheard(topic);
    } else {
      some_arrive = true;
    }
  }
  return some_arrive ? std::string{} : why;
}

// A producer that has sent nothing stays: it may be about to connect, and a new one would begin with that again.
void TablePublisher::abandon() {
  if (has_sent_ || broken()) replace_producer();
  outcomes_.clear();
  on_their_way_.clear();
  further_topics_.clear();
  topics_.doubt_all();
}

std::optional<std::string> TablePublisher::outage() const {
  auto outage = producer_->outage();
  return outage ? outage : topics_.silence();
}

void TablePublisher::relax() {
  topics_.forget_silence();
  if (!alone_ || !has_sent_) return;
  one_by_one_ = false;
  replace_producer();
}

void TablePublisher::try_again() {
  for (auto& bad : bad_) bad.clear();
  for (auto& [name, topic] : faulty_topics_) topic.ask_again = {};
}

void TablePublisher::replace_producer() {
  producer_.reset();
  use_producer(make_producer_(one_by_one_));
}

bool TablePublisher::renew() {
  return renewed(observer_, [this] { use_producer(make_producer_(one_by_one_)); });
}

void TablePublisher::use_producer(std::unique_ptr<kafka::Producer> producer) {
  producer_ = std::move(producer);
  alone_ = one_by_one_;
  has_sent_ = false;
  producer_->notify(bell_.fd());
}

}  // namespace relay::core
