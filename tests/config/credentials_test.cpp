#include "db_adapters/port/error.hpp"
#include "tests/config/loading.hpp"

#include <chrono>
#include <fstream>
#include <future>
#include <thread>

using namespace relay::config;
using From = Credentials::From;

namespace {

db::DbError failure_of(const Credentials& credentials) {
  try {
    static_cast<void>(credentials.password());
  } catch (const db::DbError& error) {
    return error;
  }
  FAIL("a password came");
  return {db::Failure::other, "", ""};
}

/// A process that was killed may take a moment.
bool ends(const std::string& process) {
  for (int tries = 0; tries < 1000; ++tries) {
    std::ifstream status("/proc/" + process + "/stat");
    std::string pid, name, state = "gone";
    status >> pid >> name >> state;
    if (state == "gone" || state == "Z" || state == "X") return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace

TEST_CASE("a password file is read anew every time, its line end cut") {
  const TemporaryFile file("first\n");
  const Credentials credentials{From::file, file.path()};
  CHECK(credentials.password() == "first");
  file.write("second #$' \r\n");
  CHECK(credentials.password() == "second #$' ");
}

TEST_CASE("a password command is run anew every time") {
  const TemporaryFile count("");
  const Credentials credentials{From::command, "echo x >> " + count.path() + "; wc -l < " + count.path()};
  CHECK(credentials.password() == "1");
  CHECK(credentials.password() == "2");
}

TEST_CASE("a password command may print more than a pipe holds and read nothing") {
  CHECK(Credentials{From::command, "cat; head -c 65000 /dev/zero | tr '\\0' x"}.password().size() == 65000);
}

TEST_CASE("a command that hangs is ended with everything it started") {
  const TemporaryFile alive("");
  std::string child;
  // On a busy machine it may not get to its child in time.
  for (std::chrono::milliseconds limit{300}; child.empty() && limit < std::chrono::minutes(1); limit *= 2) {
    CHECK(failure_of({From::command, "sleep 600 & echo $! > " + alive.path() + "; wait", limit}).transient());
    std::ifstream(alive.path()) >> child;
  }
  REQUIRE_FALSE(child.empty());
  CHECK(ends(child));
}

TEST_CASE("a command that closes its output and stays is ended too") {
  const Credentials credentials{From::command, "exec >&-; sleep 600", std::chrono::milliseconds(300)};
  CHECK(failure_of(credentials).transient());
}

TEST_CASE("a command that fails may work the next time, one that does not exist may not") {
  CHECK(failure_of({From::command, "echo hunter2; exit 3"}).transient());
  CHECK(failure_of({From::command, "/nonexistent/command 2>/dev/null"}).needs_operator());
  CHECK(failure_of({From::command, "true"}).needs_operator());
  CHECK(failure_of({From::file, "/nonexistent/file"}).needs_operator());
}

TEST_CASE("why there is no password is one line without the secret") {
  for (const auto& credentials :
       {Credentials{From::command, "echo hunter2; exit 3"}, Credentials{From::file, "/nonexistent/file"}}) {
    const std::string what = failure_of(credentials).what();
    INFO(what);
    CHECK(has(what, "source.password-"));
    CHECK_FALSE(has(what, "hunter2"));
    CHECK_FALSE(has(what, "\n"));
  }
}

TEST_CASE("several threads may ask for the password at once") {
  const Credentials credentials{From::command, "printf secret"};
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 8; ++i) answers.push_back(std::async(std::launch::async, [&] { return credentials.password(); }));
  for (auto& answer : answers) CHECK(answer.get() == "secret");
}
