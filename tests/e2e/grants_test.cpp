// The relay itself under the least rights that sql/ gives it.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/sql/outbox_database.hpp"

using namespace std::chrono_literals;

namespace {

/// As a GRANT names the relay's role.
std::string relay_role(const test::OutboxDatabase& outbox, const test::Server& server) {
  const auto url = outbox.relay_url();
  const auto begin = url.find("://") + 3;
  const auto name = url.substr(begin, url.find(':', begin) - begin);
  return server.dialect == "postgres" ? name : "'" + name + "'@'%'";
}

}  // namespace

TEST_CASE("a lease that the role may not make is a matter of its rights, and ends the relay") {
  const auto server = GENERATE(from_range(test::servers()));
  INFO(server.dialect);
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  test::OutboxDatabase outbox(server, test::Variant::delete_row);
  if (!outbox.has_roles()) return;
  test::run(outbox.owner(), "REVOKE INSERT ON outbox_relay_lease FROM " + relay_role(outbox, server));
  const auto ran =
      e2e::run({"drain", "--source.url=" + outbox.relay_url(), "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(ran.output.find("outbox_relay_lease") != std::string::npos);
}

TEST_CASE("a table that the database hides from a role without rights may want a GRANT, and the relay says so") {
  const auto server = GENERATE(from_range(test::servers()));
  INFO(server.dialect);
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  if (server.dialect != "mysql" && server.dialect != "mariadb") return;
  test::OutboxDatabase outbox(server, test::Variant::delete_row);
  const auto drained_without = [&](const std::string& table, const std::string& lease) {
    test::run(outbox.owner(), "REVOKE ALL PRIVILEGES ON " + table + " FROM " + relay_role(outbox, server));
    const auto ran = e2e::run({"drain", "--source.url=" + outbox.relay_url(), "--kafka.bootstrap.servers=" + e2e::kafka(),
                               "--http.listen=", "--lease.enabled=" + lease});
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(ran.output.find("table " + table + " not found") != std::string::npos);
    CHECK(ran.output.find("grants.sql") != std::string::npos);
  };
  drained_without("outbox_relay_lease", "true");
  drained_without("outbox", "false");
}

TEST_CASE("a right that is missing and a password that is wrong are told with the cure, in one line") {
  const auto server = GENERATE(from_range(test::servers()));
  INFO(server.dialect);
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  test::OutboxDatabase outbox(server, test::Variant::delete_row);
  if (!outbox.has_roles()) return;
  const auto complaint = [&](const std::string& url, std::string_view cure) {
    const auto ran = e2e::run({"drain", "--source.url=" + url, "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
    INFO(ran.output);
    CHECK(ran.code == 78);
    const auto at = ran.output.find(cure);
    REQUIRE(at != std::string::npos);
    CHECK(ran.output.substr(ran.output.rfind('\n', at) + 1).find(" error ") < 40);  // where the line's level stands
  };
  auto wrong = outbox.relay_url();
  wrong.insert(wrong.rfind('@'), "wrong");
  complaint(wrong, "; source.user and source.password");
  test::run(outbox.owner(), "REVOKE SELECT ON outbox_relay_lease FROM " + relay_role(outbox, server));
  complaint(outbox.relay_url(), "a grants.sql for each database");
}

TEST_CASE("a drain that gets no connection to settle its rows ends with 75 and the reason") {
  const auto server = GENERATE(from_range(test::servers()));
  if (server.dialect != "postgres" || server.url.empty()) return;
  test::OutboxDatabase outbox(server, test::Variant::delete_row);
  // One to read and one for the lease.
  test::run(outbox.owner(), "ALTER ROLE " + relay_role(outbox, server) + " CONNECTION LIMIT 2");
  const auto topic = relay::kafka::tests::fresh_name("unsettled");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  test::insert_order(outbox.owner());
  e2e::RelayProcess drain({"drain", "--source.url=" + outbox.relay_url(), "--message.topic=" + topic, "--shutdown.flush=1s",
                           "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
  REQUIRE(e2e::eventually([&] { return drain.output().find("too many connections") != std::string::npos; }));
  // Nor the place of one that ends.
  test::run(outbox.owner(), "ALTER ROLE " + relay_role(outbox, server) + " CONNECTION LIMIT 0");
  const auto code = drain.wait(60s);
  INFO(drain.output());
  CHECK(code == 75);
  CHECK(drain.output().find(" rows cannot be settled: ") != std::string::npos);
  CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox") == "1");
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  CHECK(consumer.take_rest(30s).size() == 1);
}

TEST_CASE("check finds fault with strict order where the role cannot see who inserts, as the relay does") {
  const auto server = GENERATE(from_range(test::servers()));
  if (server.dialect != "mysql" || server.url.empty()) return;
  test::OutboxDatabase outbox(server, test::Variant::delete_row);
  test::run(outbox.owner(), "REVOKE SELECT ON performance_schema.metadata_locks FROM " + relay_role(outbox, server));
  test::insert_order(outbox.owner());
  for (const auto* command : {"drain", "check"}) {
    const auto ran = e2e::run({command, "--source.url=" + outbox.relay_url(), "--outbox.order=strict", "--message.topic=orders",
                               "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(ran.output.find("outbox.order = strict has to see who may still insert") != std::string::npos);
  }
}

TEST_CASE("the rights of grants.sql are all that the relay needs, and all that the application needs") {
  const auto server = GENERATE(from_range(test::servers()));
  const auto variant = GENERATE(test::Variant::delete_row, test::Variant::mark);
  const bool mark = variant == test::Variant::mark;
  INFO(server.dialect << (mark ? ", mark" : ", delete"));
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  test::OutboxDatabase outbox(server, variant);
  const auto topic = relay::kafka::tests::fresh_name("granted");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  const auto application = outbox.has_roles() ? outbox.application() : nullptr;
  auto& writer = application ? *application : outbox.owner();
  for (int i = 0; i < 200; ++i) test::insert_order(writer, "o-" + std::to_string(i));
  const auto ran =
      e2e::run({"drain", "--source.url=" + outbox.relay_url(), std::string("--outbox.dispose=") + (mark ? "mark" : "delete"),
                "--message.topic=" + topic, "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox") == (mark ? "200" : "0"));
  if (mark) CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == "0");
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  CHECK(consumer.take(200, 30s).size() == 200);
}
