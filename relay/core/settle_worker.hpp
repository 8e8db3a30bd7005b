#pragma once

#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/settle_task.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace relay::core {

/// The thread that settles: deletes or marks what Kafka acknowledged, on its own connection, and between that keeps the dead
/// letters and counts the backlog.
///
/// A settlement that failed is resolved by reading: what is still there and still the same row is settled again, by list;
/// what is gone is done (guarantees.md, Settling). What somebody else has locked is given back.
class SettleWorker {
 public:
  SettleWorker(Database database, OutboxShape shape, Inbox& inbox, Observer& observer);

  ~SettleWorker() { request_stop(); }
  SettleWorker(const SettleWorker&) = delete;
  SettleWorker& operator=(const SettleWorker&) = delete;

  /// Does not wait: one task is under way at a time; its result comes as Settled, DeadDone or Backlog.
  void order(SettleTask task) { tasks_.put(std::move(task), stop_.get_token()); }

  void request_stop() { stop_.request_stop(); }

 private:
  void work(const std::stop_token& stop);
  void settle_all(const std::stop_token& stop, std::vector<Acknowledged> rows);
  void write_all(const std::stop_token& stop, const DeadWork& work);
  void count(const std::stop_token& stop);
  const DeadLetters* dead_letters(db::Session& session, const std::shared_ptr<const OutboxTable>& table);
  void write_records(db::Session& session, const DeadLetters& letters, const DeadWork& work);
  void say_once(const std::string& trouble);

  Inbox& inbox_;
  Observer& observer_;
  Mailbox<SettleTask> tasks_{1};
  Connection connection_;
  std::shared_ptr<const OutboxTable> dead_letters_of_;  // the connection's table for which they were looked for
  std::optional<DeadLetters> dead_letters_;
  std::string said_;
  std::stop_source stop_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace relay::core
