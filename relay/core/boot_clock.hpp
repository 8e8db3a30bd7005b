#pragma once

#include "relay/domain/lease_term.hpp"

#include <ctime>

namespace relay::core {

/// CLOCK_BOOTTIME: std::chrono::steady_clock is CLOCK_MONOTONIC, which does not count the time that the machine sleeps.
[[nodiscard]] inline BootInstant boot_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return BootInstant(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace relay::core
