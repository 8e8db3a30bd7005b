#include "relay/observe/log.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <regex>
#include <sstream>
#include <streambuf>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

using relay::core::Level;
using relay::observe::Log;
using relay::observe::LogFormat;

namespace {

std::string logged(LogFormat format, Level level, std::string_view message) {
  std::ostringstream out;
  Log(format, Level::debug, out).say(level, message);
  return out.str();
}

/// A pipe that nobody reads until `open` is called.
class StuckPipe : public std::streambuf {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    opened_.notify_all();
  }
  [[nodiscard]] std::string text() const { return text_; }

 protected:
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    std::unique_lock lock(mutex_);
    opened_.wait(lock, [this] { return open_; });
    text_.append(bytes, static_cast<std::size_t>(count));
    return count;
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
  std::string text_;
};

}  // namespace

TEST_CASE("a text line has the time in UTC, the level and the message") {
  const auto line = logged(LogFormat::text, Level::warning, "the broker is gone");
  CHECK(std::regex_match(line, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z warning the broker is gone\n)")));
}

TEST_CASE("a JSON line is one object with time, level and message, whatever the message holds") {
  const std::string message = "quotes \" and \\ and\na line break, \x1b[31mcolour and \xff no UTF-8, {} and %v";
  const auto line = logged(LogFormat::json, Level::error, message);
  REQUIRE(std::count(line.begin(), line.end(), '\n') == 1);
  const auto object = nlohmann::json::parse(line);
  CHECK(object.size() == 3);
  CHECK(object["level"] == "error");
  CHECK(object["message"] == "quotes \" and \\ and\na line break, \x1b[31mcolour and \xef\xbf\xbd no UTF-8, {} and %v");
  CHECK(std::regex_match(object["time"].get<std::string>(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")));
}

TEST_CASE("a message with line breaks and escape sequences stays one harmless text line") {
  const auto line = logged(LogFormat::text, Level::info, "one\ntwo\r\x1b[2Jthree {} %v");
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(line.ends_with("one two  [2Jthree {} %v\n"));
}

TEST_CASE("lines below the level are not written") {
  std::ostringstream out;
  {
    Log log(LogFormat::text, Level::warning, out);
    log.say(Level::debug, "detail");
    log.say(Level::info, "news");
    log.say(Level::warning, "trouble");
    log.say(Level::error, "disaster");
  }
  CHECK(out.str().find("detail") == std::string::npos);
  CHECK(out.str().find("news") == std::string::npos);
  CHECK(out.str().find("trouble") != std::string::npos);
  CHECK(out.str().find("disaster") != std::string::npos);
}

TEST_CASE("every line is written before the log is gone, in the order in which it was said") {
  std::ostringstream out;
  {
    Log log(LogFormat::text, Level::info, out);
    for (int i = 0; i < 500; ++i) log.say(Level::info, "line " + std::to_string(i));
  }
  std::size_t from = 0;
  for (int i = 0; i < 500; ++i) {
    from = out.str().find("line " + std::to_string(i) + "\n", from);
    REQUIRE(from != std::string::npos);
  }
}

TEST_CASE("nobody waits for a log that cannot be written, and the newest lines survive") {
  StuckPipe pipe;
  std::ostream out(&pipe);
  {
    Log log(LogFormat::text, Level::info, out);
    for (int i = 0; i < 5000; ++i) log.say(Level::info, "line " + std::to_string(i));  // would never end if it waited
    pipe.open();
  }
  CHECK(pipe.text().find("line 4999\n") != std::string::npos);
  CHECK(pipe.text().find("line 1000\n") == std::string::npos);
}

TEST_CASE("the words of log.format and log.level are known, others are not") {
  CHECK(relay::observe::log_format("text") == LogFormat::text);
  CHECK(relay::observe::log_format("json") == LogFormat::json);
  CHECK_FALSE(relay::observe::log_format("xml"));
  CHECK(relay::observe::log_level("debug") == Level::debug);
  CHECK(relay::observe::log_level("info") == Level::info);
  CHECK(relay::observe::log_level("warning") == Level::warning);
  CHECK(relay::observe::log_level("error") == Level::error);
  CHECK_FALSE(relay::observe::log_level("loud"));
}
