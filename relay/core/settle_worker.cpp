#include "relay/core/settle_worker.hpp"

#include "relay/core/backlog.hpp"
#include "relay/core/settle.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {

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
    } else {
      count(stop);
    }
  }
}

void SettleWorker::settle_all(const std::stop_token& stop, std::vector<Acknowledged> rows) {
  bool first_try = std::ranges::none_of(rows, &Acknowledged::doubtful);
  const bool done = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
    const auto begin = std::chrono::steady_clock::now();
    if (std::exchange(first_try, false)) {
      core::settle(session, *table, rows, true);
    } else {
      core::settle(session, *table, still_there(session, *table, rows), false);
    }
    observer_.settled(rows.size(), std::chrono::steady_clock::now() - begin);
  });
  if (done) inbox_.put(Settled{std::move(rows)}, stop);
}

void SettleWorker::count(const std::stop_token& stop) {
  Backlog backlog;
  const bool done = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
    const auto begin = std::chrono::steady_clock::now();
    try {
      backlog = read_backlog(session, *table);
    } catch (const db::DbError& error) {  // trying on would hold up settlements, for a number
      if (error.failure() != db::Failure::statement_timeout || stop.stop_requested()) throw;
    }
    backlog.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  });
  if (done) inbox_.put(backlog, stop);
}

}  // namespace relay::core
