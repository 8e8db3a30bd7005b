#pragma once

#include "tests/e2e/shop.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace e2e {

/// The real binary, started as a user starts it; killed at the end if it still runs.
class RelayProcess {
 public:
  /// @param arguments  command first
  explicit RelayProcess(std::vector<std::string> arguments);
  ~RelayProcess();
  RelayProcess(const RelayProcess&) = delete;
  RelayProcess& operator=(const RelayProcess&) = delete;

  void signal(int number) const;
  /// It has come so far that it ends by itself when it is asked to; before, a signal just kills it.
  [[nodiscard]] bool heeds_signals() const;
  /// It has noticed every such signal that was sent; before, a second one would be one with the first.
  [[nodiscard]] bool has_noticed(int number) const;
  /// @return the exit code, 128 + n after signal n; none: it still runs after that time
  [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);
  /// What it wrote to standard output and standard error so far.
  [[nodiscard]] std::string output() const;
  /// What all its threads have used of the processor so far; while it runs.
  [[nodiscard]] std::chrono::nanoseconds processor_time() const;

 private:
  /// A set of /proc's as it is now.
  [[nodiscard]] std::uint64_t signals(const std::string& line) const;

  std::filesystem::path log_;
  pid_t pid_ = -1;
};

/// `command` with the options that point it at the shop and the test's Kafka, without HTTP.
[[nodiscard]] std::vector<std::string> relaying(const std::string& command, const Shop& shop,
                                                const std::vector<std::string>& more = {});

/// The same words, but for another Kafka.
[[nodiscard]] std::vector<std::string> at_kafka(std::vector<std::string> words, const std::string& bootstrap_servers);

struct Ran {
  int code = 0;
  std::string output;
};

/// Runs it to its end, at most a minute.
[[nodiscard]] Ran run(std::vector<std::string> arguments);

/// A command on a shop that a relay works on: where SQLite's one lock is not free in time, it is tried again.
[[nodiscard]] Ran run_beside(const Shop& shop, const std::vector<std::string>& arguments);

/// Waits until the condition holds. @return whether it came to hold within the time
template <typename Condition>
bool eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(30)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

}  // namespace e2e
