// Ids that are not dense, or are drawn ahead of their INSERT: gaps are not watched (guarantees.md, Late commits, 5 and 6).
#include "tests/e2e/member.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

/// The databases whose ids come from a sequence that anybody may ask.
std::optional<e2e::Server> postgres() {
  for (auto& server : e2e::servers()) {
    if (server.name == "postgres") return server;
  }
  return std::nullopt;
}

std::string draw(db::Session& session, const e2e::Shop& shop) {
  return std::string(
      session.run({"draw", "SELECT nextval(pg_get_serial_sequence('" + shop.table() + "', 'id'))"}, {})[0][0].bytes());
}

/// As Hibernate's pooled sequences do: the id was drawn long before.
void insert_drawn(e2e::Shop& shop, const std::string& topic, const std::string& id) {
  shop.execute("INSERT INTO " + shop.table() +
               " (id, aggregate_type, aggregate_id, event_type, payload) OVERRIDING SYSTEM VALUE VALUES (" + id + ", '" + topic +
               "', 'ahead', 'Placed', '{}')");
}

}  // namespace

TEST_CASE("a row whose id was drawn ahead is found, ends the watching of gaps, and that outlives the relay") {
  const auto server = postgres();
  if (!server) return;
  e2e::Shop shop(*server, false);
  const auto topic = fresh_name("ahead");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  {
    e2e::Member relay(shop, {"--sweep.interval=1s"});
    shop.insert(*session, topic, "k", "{}");
    REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 1.0; }));
    shop.insert(*session, topic, "k", "{}");  // the first may have been there before the relay
    REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 2.0; }));
    const auto writer = shop.connect();  // keeps the gap open until it was seen
    writer->begin();
    shop.insert(*writer, topic, "k", "{}");
    const auto ahead = draw(*session, shop);
    shop.insert(*session, topic, "k", "{}");
    REQUIRE(e2e::eventually([&] { return relay.metric("open_gaps") > 0.0; }));
    writer->rollback();
    REQUIRE(e2e::eventually([&] { return relay.metric("open_gaps") == 0.0; }));
    REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 3.0; }));
    insert_drawn(shop, topic, ahead);
    INFO(relay.process().output());
    REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 4.0; }));
    CHECK(e2e::eventually([&] { return relay.metric("ids_drawn_ahead_total") == 1.0; }));
    CHECK(e2e::eventually([&] { return relay.process().output().find("outbox.scan is head from now on") != std::string::npos; }));
    CHECK(e2e::eventually([&] {
      return session
                 ->run({"remembered", "SELECT 1 FROM outbox_relay_lease WHERE name = '" + shop.table() + "/ids-drawn-ahead'"}, {})
                 .size() == 1;
    }));
    relay.process().signal(SIGTERM);
    CHECK(relay.process().wait(10s) == 0);
  }
  e2e::Member relay(shop, {"--sweep.interval=1h"});
  const auto ahead = draw(*session, shop);
  shop.insert(*session, topic, "k", "{}");
  REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 1.0; }));
  insert_drawn(shop, topic, ahead);
  INFO(relay.process().output());
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
}

TEST_CASE("a parked row that is put back into the outbox is not taken for one whose id was drawn ahead") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("parked");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  e2e::Member relay(
      shop, {"--sweep.interval=1s", "--outbox.on-bad-row=park", "--kafka.message.max.bytes=1000", "--kafka.batch.size=1000"});
  for (int row = 1; row <= 2; ++row) {
    shop.insert(*session, topic, "k", "{}");
    REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == row; }));
  }
  const auto parked = [&] { return shop.dead("id") == "3" && shop.unsent() == 0; };
  shop.insert(*session, topic, "k", "\"" + std::string(2000, 'x') + "\"");
  REQUIRE(e2e::eventually(parked));
  shop.insert(*session, topic, "k", "{}");
  REQUIRE(e2e::eventually([&] { return relay.metric("settled_total") == 3.0; }));
  CHECK_FALSE(relay.process().wait(1s));  // until the gap is told
  REQUIRE(e2e::eventually([&] { return relay.metric("open_gaps") == 0.0; }));
  const auto ran = e2e::run_beside(shop, {"dead", "retry", "3", "--source.url=" + shop.url(), "--outbox.table=" + shop.table()});
  INFO(ran.output);
  REQUIRE(ran.code == 0);
  REQUIRE(e2e::eventually(parked));
  CHECK_FALSE(relay.process().wait(1s));  // until the metrics have been told
  CHECK(relay.metric("ids_drawn_ahead_total") == 0.0);
}

TEST_CASE(
    "where a sequence leaves ids out, or sessions take them ahead, check says that rows are read from the head, and they are") {
  const auto server = postgres();
  if (!server) return;
  const auto [change, says] = GENERATE(table<std::string, std::string>({{"INCREMENT 10", "head: ids grow by 10"},
                                                                        {"CACHE 50", "head: each session takes 50 ids ahead"},
                                                                        {"CACHE 1", "gaps: ids are dense"}}));
  e2e::Shop shop(*server, false);
  shop.execute("ALTER TABLE " + shop.table() + " ALTER id SET " + change);
  const auto ran = e2e::run(e2e::relaying("check", shop));
  INFO(ran.output);
  CHECK(ran.output.find(says) != std::string::npos);
}
