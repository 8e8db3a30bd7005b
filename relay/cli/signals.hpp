#pragma once

#include "relay/core/bell.hpp"

#include <stop_token>
#include <thread>

namespace relay::cli {

/// Takes the process's signals in a thread of its own: SIGTERM and SIGINT ask to stop, a second one ends the process at once,
/// SIGUSR1 pokes, SIGHUP has files with secrets read again, and SIGPIPE is ignored.
///
/// Make it before any other thread: threads inherit that these signals are blocked.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// From now on SIGUSR1 pokes it and SIGHUP has it renew; it outlives this.
  void start(core::Doorbell& doorbell);
  [[nodiscard]] std::stop_token stop_token() const { return stop_.get_token(); }

 private:
  void listen(const std::stop_token& end, core::Doorbell& doorbell);

  std::stop_source stop_;
  std::jthread thread_;
};

}  // namespace relay::cli
