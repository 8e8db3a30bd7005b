#pragma once

#include "tests/e2e/relay_process.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace faults {

/// Relays as processes, to which things happen. What they must not do by themselves is noted as a complaint. One thread.
class Fleet {
 public:
  using Clock = std::chrono::steady_clock;

  /// @param words  the command line of each
  explicit Fleet(std::vector<std::string> words) : words_(std::move(words)) {}

  /// Starts as many as are missing.
  void grow(std::size_t relays);
  [[nodiscard]] std::size_t size() const { return relays_.size(); }

  /// SIGKILL; it is started again after that pause.
  void kill(std::size_t relay, std::chrono::milliseconds pause);
  /// SIGSTOP, and SIGCONT after that time.
  void freeze(std::size_t relay, std::chrono::milliseconds time);
  /// SIGTERM: it has to end with 0, in time. Started again at once.
  void terminate(std::size_t relay);

  /// Does what is due, and looks whether somebody ended by himself.
  void tend();
  /// All run.
  void settle_down();
  /// All are asked to end, and have to.
  void dismiss();

  [[nodiscard]] const std::vector<std::string>& complaints() const { return complaints_; }
  /// The end of each one's log.
  [[nodiscard]] std::string logs() const;

 private:
  struct Relay {
    std::unique_ptr<e2e::RelayProcess> process;
    std::optional<Clock::time_point> wakes_at;
    std::optional<Clock::time_point> starts_at;
  };

  void start(Relay& relay);
  void wake(Relay& relay);
  void end_in_order(Relay& relay);
  void complain(const Relay& relay, const std::string& what);

  std::vector<std::string> words_;
  std::vector<Relay> relays_;
  std::vector<std::string> complaints_;
};

}  // namespace faults
