#pragma once

#include "tests/faults/application.hpp"
#include "tests/faults/fleet.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace faults {

/// What can happen (tests/README.md says what each is).
enum class Fault : std::uint8_t { kill, freeze, terminate, sessions, writers, broker, database };

[[nodiscard]] std::string_view name_of(Fault fault);
/// @throws std::invalid_argument  a name that is none
[[nodiscard]] Fault fault_named(std::string_view name);
/// Those that a database can suffer; `database` only on demand.
[[nodiscard]] std::vector<Fault> usual_faults(const e2e::Server& server);

/// Lets faults happen for a while, drawn from a seed: one after the other to relays and sessions, and beside that to servers.
class Storm {
 public:
  Storm(const e2e::Shop& shop, std::string login, Application& application, Fleet& fleet, const std::vector<Fault>& faults,
        std::uint32_t seed);

  /// @param relays  how many there are in the second half; in the first half there is one
  void rage(std::chrono::seconds time, std::size_t relays);

  [[nodiscard]] const std::map<Fault, int>& counts() const { return counts_; }

 private:
  void strike();
  void strike_servers(const std::stop_token& stop);
  void end_sessions(Fault fault);
  void count(Fault fault);
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  std::chrono::milliseconds upto(int milliseconds) { return std::chrono::milliseconds(draw(milliseconds)); }

  const e2e::Shop& shop_;
  std::string login_;
  Application& application_;
  Fleet& fleet_;
  std::vector<Fault> faults_;
  std::vector<Fault> server_faults_;
  std::mt19937 random_;
  std::mt19937 server_random_;
  std::mutex mutex_;
  std::map<Fault, int> counts_;
  std::exception_ptr trouble_;  // a server that did not come back
};

}  // namespace faults
