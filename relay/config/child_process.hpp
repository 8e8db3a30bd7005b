#pragma once

#include <chrono>
#include <cstddef>
#include <stdexcept>
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

/// Why a command gave no secret: `took longer than 10000 ms`. Never the secret.
struct NoSecret : std::runtime_error {
  NoSecret(const std::string& why, bool may_work_later) : std::runtime_error(why), transient(may_work_later) {}
  bool transient;  ///< false: the command does not exist or prints nothing
};

/// What the command prints, without line ends behind it; at most 64 KiB. It inherits standard error, so its complaints are seen.
/// @throws NoSecret
[[nodiscard]] std::string secret_printed_by(const std::string& command, std::chrono::milliseconds limit);

}  // namespace relay::config
