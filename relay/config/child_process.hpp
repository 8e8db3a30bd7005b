#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace relay::config {

struct Ended {
  std::string output{};    ///< of standard output, cut at `most_bytes`
  int exit_status = 0;     ///< 128 + the signal that ended it
  bool timed_out = false;  ///< it and whatever it started in its process group were killed
};

/// Runs `sh -c command` with nothing on standard input and waits for its end, at most this long. Safe from any thread.
/// @throws std::system_error  no process could be started
[[nodiscard]] Ended run_shell(const std::string& command, std::chrono::milliseconds limit, std::size_t most_bytes);

}  // namespace relay::config
