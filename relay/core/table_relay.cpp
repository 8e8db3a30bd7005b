#include "relay/core/table_relay.hpp"

#include "relay/core/wall_clock.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace relay::core {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t pages_in_flight = 4;
constexpr std::size_t inbox_bound = 1024;  // four tasks for each of 256 tables: never full
constexpr std::size_t lease_inbox_bound = 16;
constexpr milliseconds kafka_pause{200};

std::vector<PolledShape> shapes_of(const TableRelaySettings& settings) {
  std::vector<PolledShape> shapes;
  for (const auto& polled : settings.tables) shapes.push_back(polled.table);
  return shapes;
}

std::vector<std::string> names_of(const TableRelaySettings& settings) {
  std::vector<std::string> names;
  for (const auto& polled : settings.tables) names.push_back(polled.cursor);
  return names;
}

std::vector<encode::MessageShape> messages_of(const TableRelaySettings& settings) {
  std::vector<encode::MessageShape> messages;
  for (const auto& polled : settings.tables) messages.push_back(polled.message);
  return messages;
}

}  // namespace

TableRelay::TableRelay(TableRelaySettings settings, const Database& database, MakeProducer make_producer, Observer& observer,
                       Doorbell& doorbell)
    : settings_(std::move(settings)),
      observer_(observer),
      doorbell_(doorbell),
      now_(Clock::now()),
      lease_inbox_(lease_inbox_bound, &doorbell.bell()),
      inbox_(inbox_bound, &doorbell.bell()),
      publisher_(messages_of(settings_), std::move(make_producer), doorbell.bell(), observer),
      rate_(settings_.max_rate),
      drain_(settings_.drain, now_),
      report_(observer),
      place_seen_(!settings_.place),  // else the database's own table, which is seen with the others
      lease_seen_(!settings_.lease.enabled),
      reader_(database, {shapes_of(settings_), names_of(settings_), settings_.place, settings_.batch_rows, settings_.batch_bytes},
              inbox_, observer),
      reign_(settings_.lease, database, settings_.tables.front().table.table, lease_inbox_) {
  for (const auto& polled : settings_.tables) {
    streams_.emplace_back(streams_.size(), polled, TablePace{settings_.min_interval, settings_.poll_interval},
                          settings_.most_remembered / settings_.tables.size(), now_);
  }
  if (!reign_.leads()) standby_since_ = now_;
  drain_.stands_by(standby_since_);
}

Ending TableRelay::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { doorbell_.bell().ring(); });
  std::optional<Ending> ending;
  while (!ending) {
    now_ = Clock::now();
    take_events();    // pages are encoded and handed to Kafka
    lead();           // if not any more, what Kafka has not acknowledged is given up
    take_outcomes();  // acknowledged, or everything behind the cursors is read again
    make_room();      // what Kafka lets wait for long goes aside
    advance();        // the cursors pass what is acknowledged
    order();          // the next pages, and the cursors to be saved
    report();
    ending = stop.stop_requested() ? Ending{} : finished();
    if (!ending) doorbell_.bell().wait(wake_at());
  }
  shut_down();
  return *ending;
}

void TableRelay::take_events() {
  while (auto event = lease_inbox_.try_take()) {  // first: a renewal counts for the pages that follow
    if (const auto* seen = std::get_if<LeaseSeen>(&*event)) take(*seen);
    if (const auto* link = std::get_if<LeaseLink>(&*event)) take(*link);
    if (std::holds_alternative<LeaseReleased>(*event)) reign_.end();
  }
  while (auto event = inbox_.try_take()) {
    std::visit([this](auto&& what) { take(std::forward<decltype(what)>(what)); }, std::move(*event));
  }
  if (doorbell_.take_renewal() && publisher_.renew()) rewind("");
  if (!doorbell_.take_poke()) return;
  publisher_.try_again();
  for (auto& stream : streams_) stream.hurry(now_);
}

void TableRelay::take(TableAnswer answer) {
  lead();  // what a former reign asked for is stale
  auto& stream = streams_[answer.table];
  if (answer.kind == TableTask::Kind::save) {
    stream.saved();
    report_.status().last_success_at = wall_clock();
    return;
  }
  if (!stream.answered(answer) || stopping_) return;
  try {
    publisher_.use(answer.table, answer.opened);
    if (answer.kind == TableTask::Kind::start) {
      stream.start(answer, now_);
      place_seen_ = true;
      return;
    }
  } catch (const std::invalid_argument& error) {
    misconfigured_ = error.what();
    return;
  }
  if (answer.horizon) stream.heed(*answer.horizon, now_, observer_);
  if (answer.kind == TableTask::Kind::horizon) return;
  if (answer.more && room() && !rate_.limits() && drain_.may_send() > settings_.batch_rows) {  // read ahead meanwhile
    reader_.order(stream.page_behind(answer.last, settings_.batch_rows));
  }
  if (answer.kind == TableTask::Kind::pass) stream.begin_pass(*answer.horizon, now_);
  publish(stream, answer);
}

void TableRelay::publish(TableStream& stream, const TableAnswer& answer) {
  auto& window = stream.window();
  window.open_page();
  std::size_t sent = 0;
  for (std::size_t i = 0; i < answer.versions.size(); ++i) {
    const auto& version = answer.versions[i];
    const bool has_no_place = version.time == earliest_time && answer.opened->time_fault(answer.rows[i]);  // and is held
    if (window.adopts(version) || !(has_no_place || window.is_new(version))) continue;
    switch (publisher_.prepare(answer.table, Row{0, answer.rows[i]}, version)) {
      case TablePublisher::Verdict::ready:
        if (!publisher_.send(answer.table, window.sent(version, publisher_.message_bytes()), now_)) {
          kafka_again_ = now_ + kafka_pause;
          return rewind("");
        }
        ++sent;
        break;
      case TablePublisher::Verdict::held:
        window.held(version);
        break;
      case TablePublisher::Verdict::not_now:
        kafka_again_ = now_ + kafka_pause;
        return rewind("");
    }
  }
  window.close_page(answer.last, answer.last_time, answer.more);
  stream.published(sent, answer.more, now_);
  drain_.relayed(sent);
  rate_.sent(sent, now_);
}

void TableRelay::take(const TableLink& link) {
  if (link.misconfigured && !(tables_seen_ && place_seen_)) {
    misconfigured_ = link.why;  // told once, by the ending
    return;
  }
  report_.database(link);
  if (link.up) tables_seen_ = true;
}

void TableRelay::take(const LeaseLink& link) {
  reign_.take(link);
  if (link.misconfigured && !lease_seen_) {
    misconfigured_ = link.why;  // told once, by the ending
    return;
  }
  report_.link("database (lease)", link);
}

void TableRelay::take(const LeaseSeen& seen) {
  lease_seen_ = true;  // not with the connection: a right may be missing
  const bool news = seen.holder != reign_.holder();
  reign_.take(seen);
  report_.lease(seen);
  lead();
  if (!reign_.leads() && news) report_.stands_by(reign_);
}

/// Whoever begins to lead goes on from what the one before has saved.
void TableRelay::lead() {
  for (auto change = reign_.look(); change != Reign::Change::none; change = reign_.look()) {
    if (change == Reign::Change::begun) {
      report_.begun(reign_);
      standby_since_.reset();
    } else {
      report_.ended(reign_);
      rewind("the lease is lost");
      standby_since_ = now_;
    }
    for (auto& stream : streams_) stream.give_up();
    drain_.stands_by(standby_since_);
  }
}

void TableRelay::take_outcomes() {
  std::optional<Fault> failed;  // the first: others follow from it
  const auto today = wall_clock();
  for (const auto& [ticket, fault] : publisher_.collect(now_)) {
    auto& window = streams_[ticket.table].window();
    const auto* row = window.row_of(ticket.row);
    if (row == nullptr) continue;
    if (fault) {
      publisher_.rejected(ticket, *row, *fault);
      if (!failed) failed = fault;
      continue;
    }
    const bool has_time = row->time != earliest_time && row->time != latest_time;
    if (has_time && streams_[ticket.table].settings().table.keys() != TableKeys::id) {
      end_to_end_.push_back(static_cast<double>(today - row->time) / 1e6);
    }
    publisher_.acknowledged(ticket);
    window.acknowledged(ticket.row);
  }
  publisher_.tell_acknowledged();
  if (!end_to_end_.empty()) observer_.end_to_end(end_to_end_);
  end_to_end_.clear();
  if (!failed) {
    if (auto why = publisher_.broken()) failed = Fault{Blame::nobody, std::move(*why)};
  }
  if (!failed) return;
  if (failed->blame != Blame::row) kafka_again_ = now_ + kafka_pause;
  rewind(failed->blame == Blame::topic ? "" : failed->reason);
}

/// What is on its way to a partition without leader must not fill the pipeline for all tables.
void TableRelay::make_room() {
  if (!room() && publisher_.hold_silent(now_)) rewind("the pipeline is full of rows that are not acknowledged");
}

/// Nothing that is still inside is known to have arrived: it is read and sent again (P2, P3). @param why  empty: nothing was sent,
/// or it is told already
void TableRelay::rewind(const std::string& why) {
  if (!why.empty()) observer_.say(Level::warning, "everything behind the cursors is read again: " + why);
  duplicates_possible_ += rows_on_their_way();
  for (auto& stream : streams_) stream.rewind(now_);
  publisher_.abandon();
}

void TableRelay::advance() {
  bool passing = false;
  for (auto& stream : streams_) {
    if (stream.advance(now_) && !stream.window().has_held()) report_.status().last_success_at = wall_clock();
    passing = passing || stream.window().pass_under_way();
  }
  if (!passing && rows_on_their_way() == 0) publisher_.relax();
}

void TableRelay::order() {
  if (!stopping_ && reign_.leads() && now_ >= kafka_again_) {
    for (auto& stream : streams_) {
      if (auto task = stream.next_task(turn())) reader_.order(std::move(*task));
    }
  }
  save(false);
}

TableTurn TableRelay::turn() const {
  const bool may = room() && now_ >= rate_.open_at();
  return {now_, may ? rate_.at_most(std::min(settings_.batch_rows, drain_.may_send())) : 0, drain_.until_empty()};
}

bool TableRelay::save(bool at_once) {
  bool saving = false;
  for (auto& stream : streams_) {
    if (auto task = stream.save_task(at_once, now_)) reader_.order(std::move(*task));
    saving = saving || stream.saving();
  }
  return saving;
}

std::size_t TableRelay::rows_on_their_way() const {
  std::size_t rows = 0;
  for (const auto& stream : streams_) rows += stream.window().pages().rows_on_their_way();
  return rows;
}

bool TableRelay::room() const {
  std::size_t rows = 0;
  std::size_t bytes = 0;
  for (const auto& stream : streams_) {
    rows += stream.window().pages().rows_on_their_way();
    bytes += stream.window().pages().bytes_on_their_way();
  }
  return rows + settings_.batch_rows <= pages_in_flight * settings_.batch_rows &&
         bytes + settings_.batch_bytes <= pages_in_flight * settings_.batch_bytes;
}

std::optional<Ending> TableRelay::finished() {
  if (!misconfigured_.empty()) return Ending{Ending::How::misconfigured, misconfigured_};
  if (!drain_.until_empty()) return std::nullopt;
  bool settled = reign_.leads() && rows_on_their_way() == 0;
  bool all_read = true;
  bool held = false;
  const bool bounded = drain_.may_send() == 0;
  for (const auto& stream : streams_) {
    settled = settled && stream.rests(bounded);
    all_read = all_read && stream.window().caught_up();
    held = held || stream.window().has_held();
  }
  if (settled) settled = !save(true);
  drain_.looked(all_read, held);
  const DrainView view{.settled = settled,
                       .outbox_seen = tables_seen_,
                       .database_outage = report_.status().database_outage,
                       .kafka_outage = report_.status().kafka_outage,
                       .lease = reign_.whereabouts(),
                       .blocked_reason = publisher_.why_held()};
  return drain_.over(view, reign_.name(), now_);
}

Instant TableRelay::wake_at() const {
  auto at = report_.next();
  if (kafka_again_ > now_) return std::min(at, kafka_again_);
  if (rate_.open_at() > now_) return std::min(at, rate_.open_at());
  if (stopping_ || !reign_.leads()) return at;
  for (const auto& stream : streams_) at = std::min(at, stream.wake_at(turn()));
  return at;
}

void TableRelay::report() {
  if (!report_.due(now_)) return;
  auto outage = publisher_.outage().value_or(place_outage_);
  if (outage.empty() && drain_.until_empty()) outage = publisher_.silence(now_);
  report_.kafka(outage);
  auto& status = report_.status();
  drain_.outage(!status.kafka_outage.empty() || !status.database_outage.empty(), now_);
  status.kafka_traffic = publisher_.traffic();
  status.started = tables_seen_ && lease_seen_;
  status.leader = reign_.leads();
  status.duplicates_possible = duplicates_possible_;
  status.in_flight_rows = rows_on_their_way();
  status.in_flight_bytes = 0;
  status.tables.clear();
  for (const auto& stream : streams_) {
    status.in_flight_bytes += stream.window().pages().bytes_on_their_way();
    stream.report(status.tables.emplace_back());
  }
  report_.beat(now_);
}

void TableRelay::shut_down() {
  stopping_ = true;
  const auto deadline = Clock::now() + settings_.shutdown_flush;
  const auto busy = [this] {
    const auto rows = rows_on_their_way();
    return save(reign_.leads() && rows == 0) || rows > 0;
  };
  while (Clock::now() < deadline && busy()) {
    now_ = Clock::now();
    take_events();
    take_outcomes();
    advance();
    report();
    doorbell_.bell().wait(wake_at());
  }
  if (const auto rows = rows_on_their_way(); rows > 0) {
    observer_.say(Level::warning, std::to_string(rows) + " rows were not acknowledged in time; the next relay sends them again");
  }
  reader_.request_stop();
  reign_.release();
  take_events();
  while (const auto until = reign_.releasing_until(deadline)) {
    doorbell_.bell().wait(std::min(*until, report_.next()));
    now_ = Clock::now();
    report();
    take_events();
  }
  report_.hurry();
  report();
}

}  // namespace relay::core
