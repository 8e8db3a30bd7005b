#pragma once

#include "relay/core/observer.hpp"

#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>

namespace relay::observe {

enum class LogFormat : std::uint8_t {
  text,  ///< `2026-01-02T03:04:05.678901Z info    message`
  json,  ///< `{"time":"2026-01-02T03:04:05.678901Z","level":"info","message":"message"}`
};

/// The value of `log.format`; nothing for any other word.
[[nodiscard]] std::optional<LogFormat> log_format(std::string_view word) noexcept;

/// The value of `log.level`: debug, info, warning, error; nothing for any other word.
[[nodiscard]] std::optional<core::Level> log_level(std::string_view word) noexcept;

/// Lines for a person or a collector; times are UTC. Whatever a message holds, it stays one line.
///
/// Any thread may call, and no caller waits: a thread of its own writes from a bounded queue, and when nobody reads the other
/// end, the oldest waiting lines give way. The destructor returns when all that was said is written.
class Log {
 public:
  /// @param least  lines below this level are dropped
  Log(LogFormat format, core::Level least, std::ostream& out = std::cerr);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  Log(Log&&) = delete;
  Log& operator=(Log&&) = delete;

  void say(core::Level level, std::string_view message);

 private:
  class Writer;
  LogFormat format_;
  core::Level least_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace relay::observe
