#include "relay/observe/watch.hpp"

#include "tests/observe/client.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <atomic>
#include <string>

#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using relay::core::Status;
using relay::observe::Watch;
using test::request;

namespace {

Watch::Settings on_any_port() {
  Watch::Settings settings;
  settings.listen = relay::Address{"127.0.0.1", 0};
  settings.version = "1.2.3";
  return settings;
}

void nothing() {}

}  // namespace

TEST_CASE("the loop is alive while its heartbeat is young, and not when it has been silent for ten seconds") {
  Watch watch(on_any_port(), nothing);
  const auto before = std::chrono::steady_clock::now();
  watch.status({});
  const auto after = std::chrono::steady_clock::now();
  CHECK(watch.livez(before + 9s).code == 200);
  CHECK(watch.livez(after + 10s).code == 503);
  CHECK(request(watch.port(), "GET", "/livez").code == 200);
}

TEST_CASE("an outage does not make a beating loop dead") {
  Watch watch(on_any_port(), nothing);
  Status status;
  status.database_outage = "connection refused";
  status.kafka_outage = "no broker answers";
  watch.status(status);
  CHECK(request(watch.port(), "GET", "/livez").code == 200);
}

TEST_CASE("a relay is ready once it has started, and stays so through an outage") {
  Watch watch(on_any_port(), nothing);
  CHECK(request(watch.port(), "GET", "/readyz").code == 503);
  Status status;
  status.database_outage = "connection refused";
  watch.status(status);
  const auto starting = request(watch.port(), "GET", "/readyz");
  CHECK(starting.code == 503);
  CHECK(starting.body == "starting; the database: connection refused\n");
  status.started = true;
  watch.status(status);
  CHECK(request(watch.port(), "GET", "/readyz").code == 200);
}

TEST_CASE("the status that was told last is shown as JSON") {
  Watch watch(on_any_port(), nothing);
  Status status;
  status.database = "PostgreSQL 15.8";
  status.pending = 17;
  watch.status(status);
  const auto reply = request(watch.port(), "GET", "/status");
  CHECK(reply.code == 200);
  CHECK(reply.head.find("Content-Type: application/json") != std::string::npos);
  const auto json = nlohmann::json::parse(reply.body);
  CHECK(json["database"] == "PostgreSQL 15.8");
  CHECK(json["pending"] == 17);
  CHECK(watch.last()->pending == 17);
}

TEST_CASE("what the loop tells can be scraped") {
  Watch watch(on_any_port(), nothing);
  watch.published("orders", 3);
  watch.settled(2, 1ms);
  watch.claimed(3, 1ms);
  watch.end_to_end(std::array{0.1});
  watch.publish_error("topic", 1);
  Status status;
  status.db_connected = true;
  watch.status(status);
  const auto reply = request(watch.port(), "GET", "/metrics");
  CHECK(reply.code == 200);
  CHECK(reply.head.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_published_total{topic=\"orders\"} 3\n") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_settled_total 2\n") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_claim_seconds_count 1\n") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_end_to_end_seconds_count 1\n") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_publish_errors_total{class=\"topic\"} 1\n") != std::string::npos);
  CHECK(reply.body.find("outbox_relay_db_connected 1\n") != std::string::npos);
}

TEST_CASE("a poke reaches the relay, once for each request, and only by POST") {
  std::atomic<int> pokes{0};
  Watch watch(on_any_port(), [&pokes] { ++pokes; });
  CHECK(request(watch.port(), "GET", "/poke").code == 405);
  CHECK(pokes == 0);
  CHECK(request(watch.port(), "POST", "/poke").code == 202);
  CHECK(request(watch.port(), "POST", "/poke").code == 202);
  CHECK(pokes == 2);
}

TEST_CASE("without an address there is no HTTP") {
  Watch::Settings settings = on_any_port();
  settings.listen.reset();
  CHECK(Watch(settings, nothing).port() == 0);
}
