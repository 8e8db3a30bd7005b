#pragma once

#include "relay/core/dead_letters.hpp"

#include <string>

namespace relay::cli {

/// `1 blocked, 0 parked, 2 skipped`
[[nodiscard]] inline std::string counts_text(const core::DeadCounts& counts) {
  std::string text;
  for (const auto& [state, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + state;
  return text;
}

}  // namespace relay::cli
