#pragma once

#include "relay/domain/timestamp.hpp"

#include <chrono>

namespace relay::core {

/// By the wall's clock, which may jump.
[[nodiscard]] inline Micros wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace relay::core
