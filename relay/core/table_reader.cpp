#include "relay/core/table_reader.hpp"

#include "relay/kafka/cluster_error.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

constexpr std::size_t tasks_a_table = 4;
constexpr std::size_t most_rows_of_a_time = 500'000;
constexpr std::chrono::seconds place_pause{1};  // between attempts that have their own patience

}  // namespace

TableReader::TableReader(Database database, ReaderSettings settings, TableInbox& inbox, Observer& observer)
    : settings_(std::move(settings)),
      inbox_(inbox),
      observer_(observer),
      tasks_(settings_.tables.size() * tasks_a_table),
      rows_that_fit_(settings_.batch_rows),
      link_(
          std::move(database), [this](auto& session, const auto& dialect) { open(session, dialect); },
          [this](const LinkChange& change) { inbox_.put(TableLink{change}, stop_.get_token()); }),
      thread_([this] { work(stop_.get_token()); }) {}

TableReader::~TableReader() {
  stop_.request_stop();
}

void TableReader::order(TableTask task) {
  tasks_.put(std::move(task), stop_.get_token());
}

void TableReader::work(const std::stop_token& stop) {
  link_.keep_trying(stop, [](db::Session&) {});
  while (auto task = tasks_.take(stop)) {
    TableAnswer answer;
    if (!link_.keep_trying(stop, [&](db::Session& session) { answer = carry_out(session, *task); })) return;
    inbox_.put(std::move(answer), stop);
  }
}

void TableReader::open(db::Session& session, const db::Dialect& dialect) {
  std::vector<std::shared_ptr<const PolledTable>> opened;
  for (const auto& shape : settings_.tables) {
    opened.push_back(std::make_shared<const PolledTable>(open_polled_table(session, dialect, shape)));
  }
  if (!settings_.place) cursors_ = open_cursor_table(session, dialect, settings_.tables.front().table);
  tables_ = std::move(opened);
}

TableAnswer TableReader::carry_out(db::Session& session, const TableTask& task) {
  TableAnswer answer;
  answer.kind = task.kind;
  answer.table = task.table;
  answer.life = task.life;
  answer.opened = tables_[task.table];
  switch (task.kind) {
    case TableTask::Kind::start:
      start(session, task, answer);
      break;
    case TableTask::Kind::horizon:
      answer.horizon = read_horizon(session, *answer.opened);
      break;
    case TableTask::Kind::pass:
      answer.horizon = read_horizon(session, *answer.opened);
      read_page(session, task, answer);
      break;
    case TableTask::Kind::page:
      read_page(session, task, answer);
      break;
    case TableTask::Kind::save:
      save(session, task);
      break;
  }
  return answer;
}

void TableReader::start(db::Session& session, const TableTask& task, TableAnswer& answer) {
  const auto& name = settings_.cursor_names[task.table];
  if (settings_.place) {
    at_place([&](CursorPlace& place) { answer.saved = place.load(name); });
  } else {
    answer.saved = cursors_->load(session, name);
  }
  answer.end = read_end(session, *answer.opened);
}

void TableReader::save(db::Session& session, const TableTask& task) {
  const auto& name = settings_.cursor_names[task.table];
  if (!settings_.place) return cursors_->save(session, name, task.text);
  at_place([&](CursorPlace& place) { place.save(name, task.text); });
}

/// An outage of Kafka is none of the database's: its session stays, and the work is tried again until a broker answers.
void TableReader::at_place(const std::function<void(CursorPlace&)>& work) {
  while (true) {
    try {
      work(*settings_.place);
      return tell_place("");
    } catch (const kafka::ClusterError& error) {
      if (!error.transient()) throw;
      tell_place(error.what());
      if (!pause(place_pause, stop_.get_token())) throw;
    }
  }
}

void TableReader::tell_place(const std::string& outage) {
  if (outage == place_outage_) return;
  place_outage_ = outage;
  inbox_.put(PlaceOutage{outage}, stop_.get_token());
}

void TableReader::read_page(db::Session& session, const TableTask& task, TableAnswer& answer) {
  const auto begin = std::chrono::steady_clock::now();
  const auto& table = *answer.opened;
  auto limit = std::min(task.limit, settings_.batch_rows);
  std::size_t used = 0;
  bool one_time = false;  // there is no other in it: the page has to be widened, whatever it takes
  while (true) {
    answer.rows = one_time ? table.read_page(session, task.after, limit, db::Session::no_limit)
                           : page_that_fits(session, table, task.after, limit);
    used = answer.rows.size();
    answer.more = used == limit;
    if (!answer.more || table.id_index) break;
    // Without ids a page begins with a time, and so it has to end before one: else that time's rows would come twice.
    const auto last = table.point_of(answer.rows[used - 1]).time;
    while (used > 0 && table.point_of(answer.rows[used - 1]).time == last) --used;
    if (used > 0) break;
    one_time = true;
    limit *= 2;
    if (limit <= most_rows_of_a_time) continue;
    throw db::DbError(db::Failure::bad_value, "",
                      "more than " + std::to_string(most_rows_of_a_time) + " rows of table " + table.shape.table +
                          " have the same time: name their unique column with table.id-column");
  }
  answer.versions.reserve(used);
  for (std::size_t row = 0; row < used; ++row) answer.versions.push_back(table.version_of(answer.rows[row]));
  answer.last = task.after;
  if (answer.rows.size() > 0) {
    const auto cells = answer.rows[table.id_index ? used - 1 : answer.rows.size() - 1];
    answer.last = table.point_of(cells);
    answer.last_time = table.version_of(cells).time;
  }
  observer_.claimed(used, std::chrono::steady_clock::now() - begin);
}

db::ResultSet TableReader::page_that_fits(db::Session& session, const PolledTable& table, const TablePoint& after,
                                          std::size_t& limit) {
  while (true) {
    limit = std::min(limit, rows_that_fit_);
    try {
      const auto bytes = limit <= 1 ? db::Session::no_limit : settings_.batch_bytes;
      auto rows = table.read_page(session, after, limit, bytes);
      if (rows.size() == limit) rows_that_fit_ = std::min(settings_.batch_rows, rows_that_fit_ * 2);
      return rows;
    } catch (const db::DbError& error) {
      if (error.failure() != db::Failure::too_large) throw;
      rows_that_fit_ = std::max<std::size_t>(1, rows_that_fit_ / 4);
      if (!session.usable()) throw;
    }
  }
}

}  // namespace relay::core
