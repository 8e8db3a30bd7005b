#include "relay/core/settle_worker.hpp"

#include "relay/core/backlog.hpp"
#include "relay/core/settle.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

/// Another connection may help.
bool breaks_connection(const db::Session& session, const db::DbError& error) {
  return !session.usable() || error.failure() == db::Failure::read_only;
}

/// For people too: nothing is held up by what goes wrong here.
DeadCounts count_dead(db::Session& session, const DeadLetters& letters) {
  try {
    letters.forget_gone(session);
    return letters.counts(session);
  } catch (const db::DbError& error) {
    if (breaks_connection(session, error)) throw;
    return {};
  }
}

Parked park_row(db::Session& session, const OutboxTable& table, const DeadLetters& letters, const Parking& row) {
  const auto position = row.verdict.position;
  try {
    const Acknowledged read{.ticket = 0, .position = position, .fingerprint = row.fingerprint};
    if (!still_there(session, table, std::span(&read, 1)).empty()) {
      static_cast<void>(letters.move(session, table, "parked", row.verdict));  // gone meanwhile: as good
    }
    return {position, {}};
  } catch (const db::DbError& error) {
    if (breaks_connection(session, error)) throw;
    return {position, error.what()};
  }
}

}  // namespace

SettleWorker::SettleWorker(Database database, OutboxShape shape, Inbox& inbox, Observer& observer)
    : inbox_(inbox),
      observer_(observer),
      connection_(std::move(database), std::move(shape),
                  [this](const LinkChange& change) { inbox_.put(SettleLink{change}, stop_.get_token()); }),
      thread_([this] { work(stop_.get_token()); }) {}

void SettleWorker::work(const std::stop_token& stop) {
  while (auto task = tasks_.take(stop)) {
    if (auto* rows = std::get_if<std::vector<Acknowledged>>(&*task)) {
      settle_all(stop, std::move(*rows));
    } else if (const auto* work = std::get_if<DeadWork>(&*task)) {
      write_all(stop, *work);
    } else {
      count(stop);
    }
  }
}

void SettleWorker::settle_all(const std::stop_token& stop, std::vector<Acknowledged> rows) {
  bool first_try = std::ranges::none_of(rows, &Acknowledged::doubtful);
  std::vector<Acknowledged> locked;
  const bool done = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
    const auto begin = std::chrono::steady_clock::now();
    if (std::exchange(first_try, false)) {
      locked = core::settle(session, *table, rows, true);
    } else {
      locked = core::settle(session, *table, still_there(session, *table, rows), false);
    }
    observer_.settled(rows.size() - locked.size(), std::chrono::steady_clock::now() - begin);
  });
  if (!done) return;
  std::erase_if(rows,
                [&](const auto& row) { return std::ranges::binary_search(locked, row.position, {}, &Acknowledged::position); });
  inbox_.put(Settled{std::move(rows), std::move(locked)}, stop);
}

/// A reply that was lost is resolved by reading: `park_row` moves only what is still there.
void SettleWorker::write_all(const std::stop_token& stop, const DeadWork& work) {
  DeadDone done;
  const bool all = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
    done.parked.clear();
    const auto* letters = dead_letters(session, table);
    for (const auto& row : work.park) {
      done.parked.push_back(letters != nullptr ? park_row(session, *table, *letters, row) : Parked{row.verdict.position, said_});
    }
    if (letters != nullptr) write_records(session, *letters, work);
  });
  if (all) inbox_.put(std::move(done), stop);
}

/// Records are for people: what goes wrong with them is said and holds nothing up.
void SettleWorker::write_records(db::Session& session, const DeadLetters& letters, const DeadWork& work) {
  try {
    if (!work.record.empty()) letters.record(session, work.record);
    letters.forget(session, work.forget);
  } catch (const db::DbError& error) {
    if (breaks_connection(session, error)) throw;
    say_once(std::string("`dead list` does not show what is blocked: ") + error.what());
  }
}

const DeadLetters* SettleWorker::dead_letters(db::Session& session, const std::shared_ptr<const OutboxTable>& table) {
  if (dead_letters_of_ != table) {
    dead_letters_.reset();
    try {
      dead_letters_ = DeadLetters::open(session, *table);
      if (!dead_letters_) {
        say_once("there is no table " + DeadLetters::table_of(table->shape.table) +
                 ", so `dead list` cannot show what is blocked; " + DeadLetters::how_to_make(*table));
      }
    } catch (const SchemaError& error) {
      say_once(error.what());
    }
    dead_letters_of_ = table;
  }
  return dead_letters_ ? &*dead_letters_ : nullptr;
}

void SettleWorker::say_once(const std::string& trouble) {
  if (said_ != trouble) observer_.say(Level::warning, trouble);
  said_ = trouble;
}

void SettleWorker::count(const std::stop_token& stop) {
  Backlog backlog;
  const bool done = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
    const auto begin = std::chrono::steady_clock::now();
    try {
      backlog = read_backlog(session, *table);
      if (const auto* letters = dead_letters(session, table)) backlog.dead_letters = count_dead(session, *letters);
    } catch (const db::DbError& error) {  // trying on would hold up settlements, for a number
      if (error.failure() != db::Failure::statement_timeout || stop.stop_requested()) throw;
    }
    backlog.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  });
  if (done) inbox_.put(backlog, stop);
}

}  // namespace relay::core
