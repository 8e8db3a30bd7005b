#pragma once

#include <chrono>

namespace db::postgres {

/// Waits until a socket can be read or written (poll's `events`), or broke; false when the deadline came first.
[[nodiscard]] bool ready(int socket, short events, std::chrono::steady_clock::time_point deadline);

}  // namespace db::postgres
