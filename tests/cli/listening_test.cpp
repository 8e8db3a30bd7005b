#include "relay/observe/http.hpp"
#include "tests/cli/running.hpp"

#include <algorithm>
#include <iostream>

using namespace relay::cli;

namespace {

/// What is logged while it lives.
class LogLines {
 public:
  LogLines() : before_(std::cerr.rdbuf(lines_.rdbuf())) {}
  ~LogLines() { std::cerr.rdbuf(before_); }
  LogLines(const LogLines&) = delete;
  LogLines& operator=(const LogLines&) = delete;
  LogLines(LogLines&&) = delete;
  LogLines& operator=(LogLines&&) = delete;

  [[nodiscard]] std::string text() const { return lines_.str(); }

 private:
  std::ostringstream lines_;
  std::streambuf* before_;
};

struct Relayed {
  int code = 0;
  std::string said;
};

/// An empty outbox in SQLite, and a Kafka cluster inside this process.
Relayed relay_with(const std::string& command, const std::string& listen) {
  const Folder folder;
  REQUIRE(run_words({"init", folder.url()}).code == ok);
  const auto file = folder.write("relay.ini", "[http]\nlisten = " + listen + "\n");
  const LogLines log;
  const auto ran = run_words({command, "--config=" + file, folder.url(), "--kafka.bootstrap.servers=mock:9092",
                              "--kafka.test.mock.num.brokers=1", "--log.level=warning"});
  return {ran.code, log.text() + ran.err};
}

}  // namespace

TEST_CASE("a drain whose address somebody else has says so in one line and does its work without HTTP") {
  const relay::observe::HttpServer other({"127.0.0.1", 0}, {});
  const auto address = "127.0.0.1:" + std::to_string(other.port());
  const auto [code, said] = relay_with("drain", address);
  INFO(said);
  CHECK(code == ok);
  CHECK(has(said, " warning http.listen: cannot listen on " + address + ": Address already in use; "));
  CHECK(std::ranges::count(said, '\n') == 1);
}

TEST_CASE("a run whose address somebody else has does not begin: the other one may go") {
  const relay::observe::HttpServer other({"127.0.0.1", 0}, {});
  const auto [code, said] = relay_with("run", "127.0.0.1:" + std::to_string(other.port()));
  CHECK(code == failed);
  CHECK(has(said, "Address already in use"));
}

TEST_CASE("a run whose address is none of this machine's is misconfigured, and says where") {
  const auto [code, said] = relay_with("run", "192.0.2.1:24000");
  CHECK(code == bad_config);
  CHECK(has(said, "outbox-relay: http.listen: cannot listen on 192.0.2.1:24000: "));
  CHECK(has(said, "(from file /"));
}
