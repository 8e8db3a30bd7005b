#pragma once

#include "tests/e2e/books.hpp"
#include "tests/faults/broken_relay.hpp"
#include "tests/faults/storm.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace faults {

struct TortureSettings {
  e2e::Server server;
  std::chrono::seconds time{60};
  std::uint32_t seed = 1;
  std::size_t relays = 3;  ///< in the second half; one in the first
  bool mark = false;
  std::vector<Fault> faults;
  std::vector<std::string> options;  ///< of the relay, besides those that point it at the servers
  Broken broken = Broken::no;        ///< in place of the relays, without faults
};

/// What the books say.
struct Verdict {
  std::string figures;                  ///< one line
  std::vector<std::string> complaints;  ///< empty: every promise was kept
  std::string logs;                     ///< the relays' last lines, where there are complaints
  e2e::Audit audit;
  std::uint64_t left = 0;  ///< rows that nobody sent
};

/// Writers write and relays relay while faults happen; then the writers end, the relays get time to empty the table, and what
/// Kafka has is compared with what the database says was committed.
/// @throws std::runtime_error  the servers are not there
[[nodiscard]] Verdict torture(const TortureSettings& settings);

}  // namespace faults
