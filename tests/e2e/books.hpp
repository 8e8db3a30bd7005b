#pragma once

#include "tests/e2e/shop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace e2e {

/// What the application knows it committed: for each key its events' numbers, in the order of their commits.
using Committed = std::map<std::string, std::vector<int>>;

/// Several writers at once, each on its own keys, with transactions of one to three events that are held open for a while,
/// one in ten rolled back. It takes that time, and longer where nobody has written much by then. @return what was committed
[[nodiscard]] Committed write(const Shop& shop, const std::string& topic, int writers, std::chrono::milliseconds time,
                              std::uint32_t seed);

struct Audit {
  std::vector<std::string> lost;        ///< committed, not in Kafka
  std::vector<std::string> invented;    ///< in Kafka, not committed
  std::vector<std::string> disordered;  ///< whose first occurrence came after a later event of its key
  std::size_t duplicates = 0;
  std::size_t messages = 0;
};

/// Reads the whole topic and compares.
[[nodiscard]] Audit audit(const std::string& topic, const Committed& committed);

}  // namespace e2e
