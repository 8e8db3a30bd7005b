#pragma once

#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"

#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

namespace relay::core {

/// The thread that settles: deletes or marks what Kafka acknowledged, on its own connection, and counts the backlog between.
///
/// A settlement that failed is resolved by reading: what is still there and still the same row is settled again, by list;
/// what is gone is done (guarantees.md, Settling).
class SettleWorker {
 public:
  SettleWorker(Database database, OutboxShape shape, Inbox& inbox, Observer& observer);

  ~SettleWorker() { request_stop(); }
  SettleWorker(const SettleWorker&) = delete;
  SettleWorker& operator=(const SettleWorker&) = delete;

  /// Does not wait: one task is under way at a time; its result comes as Settled or Backlog.
  void settle(std::vector<Acknowledged> rows) { tasks_.put(std::move(rows), stop_.get_token()); }
  void count_backlog() { tasks_.put(CountBacklog{}, stop_.get_token()); }

  void request_stop() { stop_.request_stop(); }

 private:
  struct CountBacklog {};
  using Task = std::variant<std::vector<Acknowledged>, CountBacklog>;

  void work(const std::stop_token& stop);
  void settle_all(const std::stop_token& stop, std::vector<Acknowledged> rows);
  void count(const std::stop_token& stop);

  Inbox& inbox_;
  Observer& observer_;
  Mailbox<Task> tasks_{1};
  Connection connection_;
  std::stop_source stop_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace relay::core
