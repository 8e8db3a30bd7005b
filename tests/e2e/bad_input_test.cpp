#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <csignal>
#include <deque>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

/// The output has a line with all of these in it.
bool says(const std::string& output, const std::vector<std::string>& parts) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (std::ranges::all_of(parts, [&](const auto& part) { return line.find(part) != std::string::npos; })) return true;
  }
  return false;
}

std::size_t complaints(std::string_view output) {
  std::size_t count = 0;
  for (auto at = output.find(" error "); at != std::string_view::npos; at = output.find(" error ", at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("what ends a relay at its start is told in one line") {
  ON_EVERY_SERVER();
  const std::string command = GENERATE("run", "drain");
  const std::string wrong = GENERATE("outbox", "table", "password");
  if (wrong == "password" && server.url.find(":secret@") == std::string::npos) return;  // it needs none
  e2e::Shop shop(server, false);
  auto words = e2e::relaying(command, shop);
  auto& url = *std::ranges::find_if(words, [](const auto& word) { return word.starts_with("--source.url="); });
  if (wrong == "password") url.replace(url.find(":secret@"), 8, ":wrong@");
  if (wrong == "outbox") std::ranges::replace(words, "--outbox.table=" + shop.table(), std::string("--outbox.table=nowhere"));
  if (wrong == "table")
    words = {
        command, url, "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen=", "--source.mode=table", "--table.name=nowhere"};
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(complaints(ran.output) == 1);
  CHECK_FALSE(says(ran.output, {"trying again"}));
}

TEST_CASE("an option that the outbox's columns cannot serve ends the relay with 78, and gives the lease back") {
  e2e::Shop shop(e2e::servers().front(), false);
  const std::string command = GENERATE("run", "drain");
  const auto [option, complaint] = GENERATE(table<std::string, std::string>(
      {{"--message.topic=bad topic", "\"bad topic\" is no topic name"},
       {"--outbox.extra-columns=event_type:partition,aggregate_id:partition", "more than one column names the partition"}}));
  const auto ran = e2e::run(e2e::relaying(command, shop, {option}));
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output, {complaint}));
  const auto next = e2e::run(e2e::relaying("drain", shop));
  INFO(next.output);
  CHECK(next.code == 0);
  CHECK_FALSE(says(next.output, {"stands by"}));
}

TEST_CASE("several init at once all find, or make, the same tables") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // no pods share a file
  for (int round = 0; round < 3; ++round) {
    e2e::Shop shop(server, false);
    shop.execute("DROP TABLE " + shop.table());
    std::deque<e2e::RelayProcess> pods;
    for (int i = 0; i < 6; ++i)
      pods.emplace_back(std::vector<std::string>{"init", "--source.url=" + shop.url(), "--outbox.table=" + shop.table()});
    for (auto& pod : pods) {
      const auto code = pod.wait(60s);
      INFO(pod.output());
      CHECK(code == 0);
    }
    shop.insert(*shop.connect(), "orders", "k", "{}");
    CHECK(shop.unsent() == 1);
  }
}

TEST_CASE("a missing table is named, with the way to make it") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto [code, output] = e2e::run(e2e::relaying("drain", shop, {"--outbox.columns.id=id"}));
  REQUIRE(code == 0);
  auto words = e2e::relaying("drain", shop);
  std::ranges::replace(words, "--outbox.table=" + shop.table(), std::string("--outbox.table=nowhere"));
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output, {"table nowhere not found", "init"}));
}

TEST_CASE("a view is refused, since who writes behind it cannot be seen") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto view = shop.table() + "_view";
  shop.execute("CREATE VIEW " + view + " AS SELECT * FROM " + shop.table());
  auto words = e2e::relaying("drain", shop);
  std::ranges::replace(words, "--outbox.table=" + shop.table(), "--outbox.table=" + view);
  const auto ran = e2e::run(words);
  shop.execute("DROP VIEW " + view);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output, {view + " is a view", "outbox.table"}));
}

TEST_CASE("a table that keeps what was sent is refused in delete mode, before anything is sent again or deleted") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, true);
  const auto session = shop.connect();
  for (const auto* key : {"sent", "unsent"}) shop.insert(*session, "nowhere", key, "{}");
  shop.execute("UPDATE " + shop.table() + " SET sent_at = created_at WHERE aggregate_id = 'sent'");
  auto words = e2e::relaying("drain", shop);
  std::ranges::replace(words, "--outbox.dispose=mark", "--outbox.dispose=delete");
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output,
             {"table " + shop.table() + " has the column \"sent_at\"", "outbox.dispose = mark", "outbox.columns.sent-at"}));
  CHECK(shop.rows() == 2);
  CHECK(shop.unsent() == 1);
}

TEST_CASE("a relay that runs in delete mode waits where its table became one of the mark variant") {
  e2e::Shop shop(e2e::servers().front(), false);  // SQLite: what is asked is the relay's own
  const auto topic = fresh_name("became");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  shop.insert(*session, topic, "key", "1");
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  REQUIRE(e2e::eventually([&] { return shop.rows() == 0; }));
  shop.execute("ALTER TABLE " + shop.table() + " RENAME TO away");
  REQUIRE(e2e::eventually([&] { return relay.output().find("lost, trying again") != std::string::npos; }));
  shop.execute("ALTER TABLE away ADD COLUMN sent_at TEXT");
  shop.execute("ALTER TABLE away RENAME TO " + shop.table());
  shop.insert(*session, topic, "key", "2");
  CHECK(e2e::eventually([&] { return says(relay.output(), {"trying again", "has the column \"sent_at\""}); }));
  INFO(relay.output());
  CHECK(shop.rows() == 1);
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
}

TEST_CASE("a missing lease table is named, with both ways out") {
  e2e::Shop shop(e2e::servers().front(), false);  // SQLite: nobody else needs the table
  shop.execute("DROP TABLE outbox_relay_lease");
  for (const auto* command : {"drain", "run"}) {
    const auto ran = e2e::run(e2e::relaying(command, shop));
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(says(ran.output, {"table outbox_relay_lease not found", "init", "lease.enabled=false"}));
  }
  CHECK(e2e::run(e2e::relaying("drain", shop, {"--lease.enabled=false"})).code == 0);
}

TEST_CASE("a missing column is named, with the columns there are and the option") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.columns.payload=body"}));
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output, {"\"body\" not found", "aggregate_id", "outbox.columns.payload"}));
}

TEST_CASE("a position column that is no integer is refused, with the cure") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.columns.position=aggregate_id"}));
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(says(ran.output, {"\"aggregate_id\"", "integer", "outbox.columns.position"}));
}

TEST_CASE("a position that two rows may share is refused, by check too, until it has a unique index of its own") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("place");
  create_topic(e2e::kafka(), topic, 1);
  shop.execute("ALTER TABLE " + shop.table() + " ADD COLUMN place BIGINT NOT NULL DEFAULT 7");
  shop.execute("CREATE INDEX " + shop.table() + "_place ON " + shop.table() + " (place)");
  shop.execute("CREATE UNIQUE INDEX " + shop.table() + "_both ON " + shop.table() + " (place, id)");
  const auto session = shop.connect();
  for (int i = 0; i < 3; ++i) shop.insert(*session, topic, "k", "{}");
  for (const auto* command : {"drain", "check"}) {
    const auto ran = e2e::run(e2e::relaying(command, shop, {"--outbox.columns.position=place", "--poll.batch-rows=2"}));
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(says(ran.output, {"\"place\"", "not unique", "outbox.columns.position"}));
    CHECK(shop.rows() == 3);
  }
  shop.execute("UPDATE " + shop.table() + " SET place = id");
  shop.execute("CREATE UNIQUE INDEX " + shop.table() + "_alone ON " + shop.table() + " (place)");
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.columns.position=place"}));
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(shop.rows() == 0);
}

TEST_CASE("in a partitioned table an index that begins with the position will do") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("partitioned");
  create_topic(e2e::kafka(), topic, 1);
  shop.execute("DROP TABLE " + shop.table());
  shop.execute("CREATE TABLE " + shop.table() +
               " (id BIGINT NOT NULL, day INT NOT NULL DEFAULT 1, aggregate_type VARCHAR(255), aggregate_id VARCHAR(255),"
               " event_type VARCHAR(255), payload TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (id, day))" +
               (server.name == "postgres" ? " PARTITION BY RANGE (day)" : " PARTITION BY HASH (day) PARTITIONS 3"));
  if (server.name == "postgres") {
    shop.execute("CREATE TABLE " + shop.table() + "_all PARTITION OF " + shop.table() + " DEFAULT");
  }
  shop.execute("INSERT INTO " + shop.table() + " (id, aggregate_type, aggregate_id, event_type, payload) VALUES (1, '" + topic +
               "', 'k', 'Happened', '{}')");
  const auto ran = e2e::run(e2e::relaying("drain", shop));
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(shop.rows() == 0);
}

TEST_CASE("a wrong password is a matter of configuration, and is not printed") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite" || server.name == "postgres") return;  // no passwords, or the tests' administrator needs none
  e2e::Shop shop(server, false);
  auto words = e2e::relaying("drain", shop);
  auto& url = *std::ranges::find_if(words, [](const auto& word) { return word.starts_with("--source.url="); });
  url.replace(url.find(":secret@"), 8, ":not-this-one@");
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK_FALSE(says(ran.output, {"not-this-one"}));
}

TEST_CASE("rows of a topic that does not exist wait, are named, and go as soon as it is there; others are not held up") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto missing = fresh_name("missing");
  const auto there = fresh_name("there");
  create_topic(e2e::kafka(), there, 1);
  const auto session = shop.connect();
  shop.insert(*session, missing, "a", "{\"n\":1}");
  shop.insert(*session, there, "b", "{\"n\":2}");
  const auto ran = e2e::run(e2e::relaying("drain", shop));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(says(ran.output, {missing, "waits"}));
  CHECK(shop.unsent() == 1);

  e2e::RelayProcess relay(e2e::relaying("run", shop));
  REQUIRE(e2e::eventually([&] { return says(relay.output(), {missing, "waits"}); }));
  create_topic(e2e::kafka(), missing, 1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {missing});
  CHECK(consumer.take_rest(30s).size() == 1);
}

TEST_CASE("a row over the size limit stops its own key alone and stays in the table") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("limit");
  create_topic(e2e::kafka(), topic, 3);
  const auto session = shop.connect();
  shop.insert(*session, topic, "good", "{\"n\":1}");
  shop.insert(*session, topic, "big", "{\"n\":2,\"pad\":\"" + std::string(1'200'000, 'x') + "\"}");
  shop.insert(*session, topic, "big", "{\"n\":3}");
  shop.insert(*session, topic, "good", "{\"n\":4}");
  const auto ran = e2e::run(e2e::relaying("drain", shop));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(says(ran.output, {"key \"big\"", "row 2", "message.max.bytes"}));
  CHECK(shop.unsent() == 2);
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  for (const auto& message : consumer.take_rest(30s)) CHECK(message.key == "good");
}

TEST_CASE("a topic whose limit is lower than the batch accuses only the rows that fail alone") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("small");
  create_topic(e2e::kafka(), topic, 1, {{"max.message.bytes", "3000"}});
  const auto session = shop.connect();
  session->begin();
  for (int i = 0; i < 50; ++i) shop.insert(*session, topic, "k" + std::to_string(i % 10), "{\"n\":" + std::to_string(i) + "}");
  std::string noise;  // lz4 must not make it small
  for (std::uint32_t i = 1, x = 1; i < 6000; ++i) noise += static_cast<char>('a' + ((x = x * 1664525U + 1013904223U) >> 24U) % 26U);
  shop.insert(*session, topic, "big", "{\"pad\":\"" + noise + "\"}");
  session->commit();
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  const bool only_one_left = e2e::eventually([&] { return shop.unsent() == 1; }, 60s);
  const bool says_which = e2e::eventually([&] { return says(relay.output(), {"key \"big\"", "waits"}); });
  INFO(relay.output());
  CHECK(only_one_left);
  CHECK(says_which);
}
