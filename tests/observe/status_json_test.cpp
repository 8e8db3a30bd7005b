#include "relay/observe/status_json.hpp"

#include "relay/domain/interval.hpp"
#include "tests/support/catch.hpp"

#include <limits>

#include <nlohmann/json.hpp>

using relay::core::Blocked;
using relay::core::Status;

namespace {

constexpr relay::Micros now = 1'767'323'045'678'901;  // 2026-01-02T03:04:05.678901Z

nlohmann::json shown(const Status& status) {
  return nlohmann::json::parse(relay::observe::status_json(status, now));
}

}  // namespace

TEST_CASE("a relay that has just begun shows what it does not know as null") {
  const auto json = shown({});
  CHECK(json["started"] == false);
  CHECK(json["pending"].is_null());
  CHECK(json["oldest_created_at"].is_null());
  CHECK(json["oldest_age_seconds"].is_null());
  CHECK(json["last_success_at"].is_null());
  CHECK(json["last_position"].is_null());
  CHECK(json["oldest_gap_age_seconds"].is_null());
  CHECK(json["blocked"].empty());
}

TEST_CASE("instants are ISO 8601 in UTC and come with their age") {
  Status status;
  status.oldest_created_at = now - 1'500'000;
  status.counted_at = now;
  const auto json = shown(status);
  CHECK(json["oldest_created_at"] == "2026-01-02T03:04:04.178901Z");
  CHECK(json["oldest_age_seconds"] == 1.5);
  CHECK(json["counted_at"] == "2026-01-02T03:04:05.678901Z");
}

TEST_CASE("the lease is shown with its holder, its token and its end") {
  CHECK(shown({})["leader"] == false);
  CHECK(shown({})["lease_expires_at"].is_null());
  Status status;
  status.leader = true;
  status.lease_holder = "host/1/a";
  status.lease_token = 7;
  status.lease_expires_at = now;
  const auto json = shown(status);
  CHECK(json["leader"] == true);
  CHECK(json["lease_holder"] == "host/1/a");
  CHECK(json["lease_token"] == 7);
  CHECK(json["lease_expires_at"] == "2026-01-02T03:04:05.678901Z");
}

TEST_CASE("a position of 64 bits keeps all its digits") {
  Status status;
  status.started = true;
  status.last_position = std::numeric_limits<relay::Position>::max();
  CHECK(shown(status)["last_position"] == std::numeric_limits<relay::Position>::max());
}

TEST_CASE("there is no last position before the first row was read") {
  Status status;
  status.started = true;
  status.last_position = relay::lowest_position;
  CHECK(shown(status)["last_position"].is_null());
  status.last_position = 0;
  CHECK(shown(status)["last_position"] == 0);
}

TEST_CASE("a blocked key tells where, why and how often; a blocked topic has no key") {
  Status status;
  status.blocked = {Blocked{"orders", "o-1", 42, "too large", 3}, Blocked{"payments", std::nullopt, 43, "no such topic", 1}};
  const auto json = shown(status);
  CHECK(json["blocked"][0] ==
        nlohmann::json({{"topic", "orders"}, {"key", "o-1"}, {"position", 42}, {"reason", "too large"}, {"attempts", 3}}));
  CHECK(json["blocked"][1]["key"].is_null());
}

TEST_CASE("rows that wait for a lock are counted") {
  CHECK(shown({})["locked_rows"] == 0);
  Status status;
  status.locked_rows = 2;
  CHECK(shown(status)["locked_rows"] == 2);
}

TEST_CASE("a key that is not UTF-8 does not spoil the status") {
  Status status;
  status.blocked = {Blocked{"orders", "\xff\x01\"", 1, "bad", 1}};
  CHECK(shown(status)["blocked"][0]["key"] == "\xef\xbf\xbd\x01\"");
}
