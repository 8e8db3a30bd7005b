#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

#include <poll.h>

using namespace contract;
using db::Failure;

namespace {

bool readable_soon(int fd) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return poll(&watched, 1, 10'000) == 1;
}

}  // namespace

TEST_CASE("each statement commits by itself unless a transaction was begun") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  const auto other = sandbox.connect();
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)");
  CHECK(run(*other, "SELECT n FROM " + table).size() == 1);

  sandbox.session().begin();
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (2)");
  CHECK(run(sandbox.session(), "SELECT n FROM " + table).size() == 2);
  sandbox.session().rollback();
  CHECK(run(*other, "SELECT n FROM " + table).size() == 1);

  sandbox.session().begin();
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (3)");
  sandbox.session().commit();
  CHECK(run(*other, "SELECT n FROM " + table).size() == 2);
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (4)");
  CHECK(run(*other, "SELECT n FROM " + table).size() == 3);
}

TEST_CASE("every statement of a snapshot sees the same rows, later ones see the new") {
  FOR_EVERY_DATABASE(it.many_writers && it.name != "odbc");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)");
  const auto reader = sandbox.connect();
  reader->begin_snapshot();
  CHECK(run(*reader, "SELECT n FROM " + table).size() == 1);
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (2)");
  CHECK(run(*reader, "SELECT n FROM " + table).size() == 1);
  reader->commit();
  CHECK(run(*reader, "SELECT n FROM " + table).size() == 2);
}

TEST_CASE("an ordinary transaction sees what others commit meanwhile") {
  FOR_EVERY_DATABASE(it.many_writers && it.name != "odbc");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  const auto reader = sandbox.connect();
  reader->begin();
  CHECK(run(*reader, "SELECT n FROM " + table).empty());
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)");
  CHECK(run(*reader, "SELECT n FROM " + table).size() == 1);
  reader->rollback();
}

TEST_CASE("a snapshot takes no writes") {
  FOR_EVERY_DATABASE(it.many_writers && it.name != "odbc");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  sandbox.session().begin_snapshot();
  const auto error = error_of([&] { run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)"); });
  CHECK(error.failure() == Failure::read_only);
  sandbox.session().rollback();
  CHECK(run(sandbox.session(), "SELECT n FROM " + table).empty());
}

TEST_CASE("the commit of a transaction that had failed is an error, not a success") {
  FOR_EVERY_DATABASE(it.name == "postgres");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  sandbox.session().begin();
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1)");
  (void)error_of([&] { run(sandbox.session(), "SELECT nonsense"); });
  const auto error = error_of([&] { sandbox.session().commit(); });
  CHECK_FALSE(error.in_doubt());
  CHECK(sandbox.session().usable());
  CHECK(run(sandbox.session(), "SELECT n FROM " + table).empty());
}

TEST_CASE("a notification wakes the session that listens, whatever the channel is called") {
  FOR_EVERY_DATABASE(it.name == "postgres");
  Sandbox sandbox(database);
  const auto listener = sandbox.connect();
  auto* wakeup = listener->wakeup();
  REQUIRE(wakeup != nullptr);
  for (const std::string channel : {"outbox", "Out\"box; it's dotted.too"}) {
    CAPTURE(channel);
    wakeup->listen(channel);
    CHECK_FALSE(wakeup->take());
    const std::string_view name = channel;
    const db::Parameter parameter = name;
    run(sandbox.session(), database, "SELECT pg_notify(?, '')", {&parameter, 1});
    CHECK(readable_soon(wakeup->fd()));
    CHECK(wakeup->take());
    CHECK_FALSE(wakeup->take());
  }
}

TEST_CASE("a notification that came in beside a result is not lost") {
  FOR_EVERY_DATABASE(it.name == "postgres");
  Sandbox sandbox(database);
  const auto listener = sandbox.connect();
  listener->wakeup()->listen("outbox");
  run(sandbox.session(), "NOTIFY outbox");
  run(*listener, "SELECT pg_sleep(0.2)");
  CHECK(listener->wakeup()->take());
}

TEST_CASE("a database without notifications has none") {
  FOR_EVERY_DATABASE(it.name != "postgres");
  Sandbox sandbox(database);
  CHECK(sandbox.session().wakeup() == nullptr);
}
