#pragma once

#include "tests/e2e/polled_table.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace faults {

/// What the application knows of its rows.
struct TableBooks {
  std::map<std::string, std::string> last;  ///< by id: the name that was committed last
  std::set<std::string> committed;          ///< every `id=name` that ever was
};

/// Several writers at once, each on its own rows: inserts and updates, their times set by the database or by the writer's own
/// clock, which is up to `slow_clock` behind. One transaction in eight stays open for up to ten seconds, one in ten is rolled back.
[[nodiscard]] TableBooks write_table(const e2e::PolledTable& table, int writers, std::chrono::milliseconds time,
                                     std::chrono::milliseconds slow_clock, std::uint32_t seed);

struct TableAudit {
  std::vector<std::string> lost;      ///< rows whose last state is not the last message of their key
  std::vector<std::string> invented;  ///< messages that were never committed
  std::size_t messages = 0;
};

/// Reads the whole topic and compares.
[[nodiscard]] TableAudit audit_table(const e2e::PolledTable& table, const TableBooks& books);

}  // namespace faults
