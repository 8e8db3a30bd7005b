#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <chrono>
#include <cstdlib>
#include <future>
#include <optional>
#include <thread>
#include <vector>

using namespace contract;
using db::Failure;
using namespace std::chrono_literals;

namespace {

std::string with_id(std::string sql, const std::string& id) {
  return sql.replace(sql.find("{}"), 2, id);
}

bool has_server(const Database& database) {
  return !database.kill.empty();
}

/// A session whose way to the server can fail.
struct Remote {
  explicit Remote(Sandbox& sandbox, std::chrono::milliseconds statement_timeout = 10s,
                  std::optional<db::TlsMode> tls = std::nullopt)
      : proxy(sandbox.target().host, sandbox.target().port), target(sandbox.target()) {
    target.port = proxy.port();
    target.statement_timeout = statement_timeout;
    target.tls = tls.value_or(target.tls);
    session = sandbox.connect(target);
  }

  test::TcpProxy proxy;
  db::Target target;
  Sessions session;
};

void check_finished(db::Session& session) {
  CHECK_FALSE(session.usable());
  CHECK(error_of([&] { run(session, "SELECT 1"); }).connection_lost());
}

/// The reply's loss says nothing of the statement: it is seen in the table a moment later.
bool appears(db::Session& session, const std::string& table) {
  for (int i = 0; i < 1000; ++i) {
    if (!run(session, "SELECT n FROM " + table).empty()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// A file with the servers' authority, or with another one. Empty: nobody told, as it must not be in CI.
std::string authority(const char* which = "OUTBOX_RELAY_TEST_TLS_CA") {
  auto file = environment(which);
  if (file.empty() && environment("CI") == "true") FAIL(which << " is not set, and CI must not leave it out");
  return file;
}

}  // namespace

TEST_CASE("a session that the server ended is lost, without doubt about what was never run") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  const auto session = sandbox.connect();
  run(sandbox.session(), with_id(database.kill, value(*session, database.session_id)));
  const auto error = error_of([&] {
    for (int i = 0; i < 1000; ++i) {  // its end may take a moment
      run(*session, "SELECT n FROM " + table);
      std::this_thread::sleep_for(5ms);
    }
  });
  CHECK(error.connection_lost());
  CHECK(error.transient());
  CHECK_FALSE(error.in_doubt());
  check_finished(*session);
}

TEST_CASE("a session that is ended while its statement runs is lost") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  const auto session = sandbox.connect();
  const auto kill = with_id(database.kill, value(*session, database.session_id));
  const std::jthread killer([&] {
    std::this_thread::sleep_for(100ms);
    run(sandbox.session(), kill);
  });
  const auto error = error_of([&] { run(*session, database.slow); });
  CHECK(error.connection_lost());
  CHECK_FALSE(error.in_doubt());
  check_finished(*session);
}

TEST_CASE("a statement on a frozen network ends, and its session with it") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  Remote remote(sandbox, 2s);
  remote.proxy.freeze();
  const auto error = error_of([&] { run(*remote.session, "SELECT 1"); });
  CHECK(error.connection_lost());
  CHECK(error.transient());
  CHECK_FALSE(error.in_doubt());
  check_finished(*remote.session);
}

TEST_CASE("sessions that are opened at the same moment do not disturb each other") {
  FOR_EVERY_DATABASE(true);
  const Sandbox sandbox(database);
  const auto open_some = [&] {
    for (int i = 0; i < 25; ++i) static_cast<void>(sandbox.connect());
  };
  std::vector<std::future<void>> openers;
  for (int i = 0; i < 4; ++i) openers.push_back(std::async(std::launch::async, open_some));
  for (auto& opener : openers) CHECK_NOTHROW(opener.get());
}

TEST_CASE("a server that cannot be reached is an outage, and no attempt to connect hangs") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  auto target = sandbox.target();
  target.connect_timeout = 1s;
  {
    test::TcpProxy proxy(target.host, target.port);
    target.port = proxy.port();
    proxy.freeze();
    const auto frozen = error_of([&] { (void)sandbox.connect(target); });
    CHECK(frozen.failure() == Failure::unreachable);
    CHECK(frozen.transient());
    proxy.cut();
    CHECK(error_of([&] { (void)sandbox.connect(target); }).failure() == Failure::unreachable);
  }
  const auto refused = error_of([&] { (void)sandbox.connect(target); });
  CHECK(refused.failure() == Failure::unreachable);
  CHECK(std::string(refused.what()).find('\n') == std::string::npos);
  target.host = "no-such-host.invalid";
  CHECK(error_of([&] { (void)sandbox.connect(target); }).failure() == Failure::unreachable);
}

TEST_CASE("a COMMIT whose reply was lost is in doubt, because it did happen") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  Remote remote(sandbox);
  remote.session->begin();
  run(*remote.session, "INSERT INTO " + table + " VALUES (1)");
  remote.proxy.lose_replies();
  const auto error = error_of([&] { remote.session->commit(); });
  CHECK(error.connection_lost());
  CHECK(error.in_doubt());
  CHECK(appears(sandbox.session(), table));
}

TEST_CASE("a change that commits by itself is in doubt when its reply was lost; in a transaction it is not") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  {
    Remote remote(sandbox);
    remote.session->begin();
    remote.proxy.lose_replies();
    const auto error = error_of([&] { run(*remote.session, "INSERT INTO " + table + " VALUES (1)"); });
    CHECK(error.connection_lost());
    CHECK_FALSE(error.in_doubt());
  }
  {
    Remote remote(sandbox);
    remote.proxy.lose_replies();
    CHECK_FALSE(error_of([&] { run(*remote.session, "SELECT n FROM " + table); }).in_doubt());
  }
  CHECK(run(sandbox.session(), "SELECT n FROM " + table).empty());
  Remote remote(sandbox);
  remote.proxy.lose_replies();
  const auto error = error_of([&] { run(*remote.session, "INSERT INTO " + table + " VALUES (1)"); });
  CHECK(error.connection_lost());
  CHECK(error.in_doubt());
  CHECK(appears(sandbox.session(), table));
}

TEST_CASE("a certificate of the given authority is accepted, any other refused") {
  FOR_EVERY_DATABASE(has_server(it));
  const auto ca = authority();
  const auto other_ca = authority("OUTBOX_RELAY_TEST_TLS_OTHER_CA");
  if (ca.empty() || other_ca.empty()) SKIP("OUTBOX_RELAY_TEST_TLS_CA is not set");
  Sandbox sandbox(database);
  auto target = sandbox.target();
  target.tls = db::TlsMode::require;
  CHECK(sandbox.connect(target)->facts().tls.starts_with("TLSv1."));
  for (const auto mode : {db::TlsMode::verify_ca, db::TlsMode::verify_full}) {
    target.tls = mode;
    target.tls_ca = ca;
    CHECK(sandbox.connect(target)->facts().tls.starts_with("TLSv1."));
    target.tls_ca = other_ca;
    const auto error = error_of([&] { (void)sandbox.connect(target); });
    CHECK(error.failure() == Failure::trust);
    CHECK(error.needs_operator());
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    target.tls_ca = "";
    CHECK(error_of([&] { (void)sandbox.connect(target); }).failure() == Failure::trust);
  }
}

TEST_CASE("a server whose certificate is refused is not asked about the password") {
  FOR_EVERY_DATABASE(has_server(it) && it.name != "odbc");
  const auto other_ca = authority("OUTBOX_RELAY_TEST_TLS_OTHER_CA");
  if (other_ca.empty()) SKIP("OUTBOX_RELAY_TEST_TLS_OTHER_CA is not set");
  Sandbox sandbox(database);
  auto target = sandbox.target();
  target.user = "nobody_there";
  target.password = "wrong";
  target.tls = db::TlsMode::require;
  const auto asked = error_of([&] { (void)sandbox.connect(target); });
  CHECK(asked.failure() == Failure::credentials);
  CHECK(std::string(asked.what()).find("nobody_there") != std::string::npos);  // it answered
  target.tls = db::TlsMode::verify_ca;
  target.tls_ca = other_ca;
  const auto refused = error_of([&] { (void)sandbox.connect(target); });
  CHECK(refused.failure() == Failure::trust);
  CHECK(std::string(refused.what()).find("nobody_there") == std::string::npos);
}

TEST_CASE("a certificate for another name is accepted by verify-ca, and refused by verify-full") {
  FOR_EVERY_DATABASE(has_server(it));
  const auto ca = authority();
  if (ca.empty()) SKIP("OUTBOX_RELAY_TEST_TLS_CA is not set");
  Sandbox sandbox(database);
  auto target = sandbox.target();
  const test::TcpProxy elsewhere(target.host, target.port, "127.0.0.2");
  target.host = "127.0.0.2";
  target.port = elsewhere.port();
  target.tls_ca = ca;
  target.tls = db::TlsMode::verify_ca;
  CHECK(sandbox.connect(target)->facts().tls.starts_with("TLSv1."));
  target.tls = db::TlsMode::verify_full;
  const auto error = error_of([&] { (void)sandbox.connect(target); });
  CHECK(error.failure() == Failure::trust);
  CHECK(error.needs_operator());
}

TEST_CASE("TLS carries large results, and their byte limit") {
  FOR_EVERY_DATABASE(has_server(it));
  const auto ca = authority();
  if (ca.empty()) SKIP("OUTBOX_RELAY_TEST_TLS_CA is not set");
  Sandbox sandbox(database);
  const auto table = sandbox.table("t " + database.text_type);
  const std::string text(1'000'000, 'x');
  const db::Parameter parameter = std::string_view(text);
  for (int i = 0; i < 8; ++i) run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?)", {&parameter, 1});
  auto target = sandbox.target();
  target.tls = db::TlsMode::verify_full;
  target.tls_ca = ca;
  const auto session = sandbox.connect(target);
  CHECK(run(*session, "SELECT t FROM " + table).size() == 8);
  CHECK(error_of([&] { session->run({"test", "SELECT t FROM " + table}, {}, 2'000'000); }).failure() == Failure::too_large);
}

TEST_CASE("a network that breaks before TLS is in force is an outage, not a matter of trust") {
  FOR_EVERY_DATABASE(has_server(it));
  Sandbox sandbox(database);
  test::TcpProxy proxy(sandbox.target().host, sandbox.target().port);
  auto target = sandbox.target();
  target.port = proxy.port();
  target.tls = db::TlsMode::require;
  proxy.lose_replies();
  const auto error = error_of([&] { (void)sandbox.connect(target); });
  CHECK(error.failure() == Failure::unreachable);
  CHECK(error.transient());
}

TEST_CASE("a connection that breaks under TLS is lost like any other, and its change is in doubt") {
  FOR_EVERY_DATABASE(has_server(it));
  if (authority().empty()) SKIP("OUTBOX_RELAY_TEST_TLS_CA is not set");
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  Remote remote(sandbox, 10s, db::TlsMode::require);
  REQUIRE_FALSE(remote.session->facts().tls.empty());
  remote.proxy.lose_replies();
  const auto error = error_of([&] { run(*remote.session, "INSERT INTO " + table + " VALUES (1)"); });
  CHECK(error.connection_lost());
  CHECK(error.in_doubt());
  check_finished(*remote.session);
  CHECK(appears(sandbox.session(), table));
}
