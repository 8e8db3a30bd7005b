#pragma once

#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <thread>

namespace relay::core {

/// The thread that reads: carries out claims on its own connection, one after the other, and listens for notifications between.
/// A claim that meets an outage waits and is tried again until it succeeds; its result goes into the loop's inbox.
class ClaimWorker {
 public:
  static constexpr std::size_t probe_rows = 20;  ///< a probe reads no more rows than that, whatever their size

  struct Limits {
    std::size_t rows = 0;
    std::size_t bytes = 0;
  };

  /// @param wake_channel  PostgreSQL's LISTEN channel; empty: none
  ClaimWorker(Database database, OutboxShape shape, Limits limits, std::string wake_channel, Inbox& inbox, Observer& observer);

  ~ClaimWorker() { request_stop(); }
  ClaimWorker(const ClaimWorker&) = delete;
  ClaimWorker& operator=(const ClaimWorker&) = delete;

  /// Does not wait: one claim is under way at a time.
  void order(ClaimOrder order) { orders_.put(std::move(order), stop_.get_token()); }

  void request_stop() { stop_.request_stop(); }

 private:
  void work(const std::stop_token& stop);
  void wait_for_orders(const std::stop_token& stop);
  void take_notifications(const std::stop_token& stop);
  Claim carry_out(db::Session& session, const std::shared_ptr<const OutboxTable>& table, ClaimOrder order);

  Limits limits_;
  std::size_t rows_that_fit_;  // adapted when rows are large
  Inbox& inbox_;
  Observer& observer_;
  Bell bell_;
  Mailbox<ClaimOrder> orders_{1, &bell_};
  Connection connection_;
  std::stop_source stop_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace relay::core
