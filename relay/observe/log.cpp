#include "relay/observe/log.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>

namespace relay::observe {
namespace {

constexpr std::size_t waiting_lines = 1024;

constexpr const char* pattern(LogFormat format) noexcept {
  return format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","message":%v})"
                                   : "%Y-%m-%dT%H:%M:%S.%fZ %-7l %v";
}

spdlog::level::level_enum spdlog_level(core::Level level) noexcept {
  switch (level) {
    case core::Level::debug:
      return spdlog::level::debug;
    case core::Level::info:
      return spdlog::level::info;
    case core::Level::warning:
      return spdlog::level::warn;
    case core::Level::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// Line breaks would make two lines of one, and escape sequences would play with the reader's terminal.
std::string without_control_characters(std::string_view message) {
  std::string line(message);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

std::string json_string(std::string_view message) {
  return nlohmann::json(message).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::optional<LogFormat> log_format(std::string_view word) noexcept {
  if (word == "text") return LogFormat::text;
  if (word == "json") return LogFormat::json;
  return std::nullopt;
}

std::optional<core::Level> log_level(std::string_view word) noexcept {
  if (word == "debug") return core::Level::debug;
  if (word == "info") return core::Level::info;
  if (word == "warning") return core::Level::warning;
  if (word == "error") return core::Level::error;
  return std::nullopt;
}

class Log::Writer {
 public:
  Writer(LogFormat format, std::ostream& out)
      : thread_(std::make_shared<spdlog::details::thread_pool>(waiting_lines, 1)),
        logger_(std::make_shared<spdlog::async_logger>("outbox-relay", std::make_shared<spdlog::sinks::ostream_sink_mt>(out, true),
                                                       thread_, spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(spdlog::level::trace);
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern(format), spdlog::pattern_time_type::utc));
  }

  /// The thread writes what still waits, and ends before what it writes with.
  ~Writer() { thread_.reset(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  Writer(Writer&&) = delete;
  Writer& operator=(Writer&&) = delete;

  void write(core::Level level, const std::string& line) { logger_->log(spdlog_level(level), spdlog::string_view_t(line)); }

 private:
  std::shared_ptr<spdlog::details::thread_pool> thread_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

Log::Log(LogFormat format, core::Level least, std::ostream& out)
    : format_(format), least_(least), writer_(std::make_unique<Writer>(format, out)) {}

Log::~Log() = default;

void Log::say(core::Level level, std::string_view message) {
  if (level < least_) return;
  writer_->write(level, format_ == LogFormat::json ? json_string(message) : without_control_characters(message));
}

}  // namespace relay::observe
