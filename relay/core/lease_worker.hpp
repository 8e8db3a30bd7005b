#pragma once

#include "relay/core/events.hpp"
#include "relay/core/lease_table.hpp"
#include "relay/core/link.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace relay::core {

/// The thread that holds the lease, or stands by for it, on its own connection: it renews long before the lease expires, and tells
/// the loop after every answer who has it (LeaseSeen). What follows from that the loop decides.
class LeaseWorker {
 public:
  LeaseWorker(Database database, std::string outbox, LeaseShape lease, Inbox& inbox);

  ~LeaseWorker();
  LeaseWorker(const LeaseWorker&) = delete;
  LeaseWorker& operator=(const LeaseWorker&) = delete;

  /// Does not wait: gives the lease back and ends. LeaseReleased comes when somebody else may have it.
  void release() { leaving_.request_stop(); }

  /// Does not wait: with the next renewal it is written down that ids are drawn ahead of their inserts.
  void remember_drawn_ahead() noexcept { to_remember_ = true; }

 private:
  void work();
  [[nodiscard]] LeaseSeen ask(db::Session& session);
  void give_back();

  LeaseShape lease_;
  std::string holder_;
  Inbox& inbox_;
  std::optional<LeaseTable> table_;
  std::optional<std::int64_t> token_;  // while the last answer was that the lease is ours
  bool drawn_ahead_ = false;           // as read when the lease was taken
  std::atomic<bool> to_remember_ = false;
  std::stop_source leaving_;
  std::stop_source stop_;
  Link link_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace relay::core
