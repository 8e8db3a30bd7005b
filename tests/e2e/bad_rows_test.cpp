// Rows that cannot be sent, under each policy (outbox.on-bad-row): the books say that nothing is lost, others are not held up,
// and a key goes on in order.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <csignal>
#include <map>
#include <set>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

/// That compression does not make small.
std::string noise(std::size_t size) {
  std::string text;
  std::uint32_t x = 1;
  while (text.size() < size) text += static_cast<char>('a' + ((x = x * 1664525U + 1013904223U) >> 24U) % 26U);
  return text;
}

bool says(const std::string& output, const std::vector<std::string>& parts) {
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    if (std::ranges::all_of(parts, [&](const auto& part) { return line.find(part) != std::string::npos; })) return true;
  }
  return false;
}

/// The values of each key in the order in which they first arrived.
std::map<std::string, std::vector<std::string>> by_key(const std::string& topic) {
  std::map<std::string, std::vector<std::string>> found;
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  for (const auto& message : consumer.take_rest(30s)) {
    auto& values = found[message.key.value_or("")];
    const auto value = message.value.value_or("").substr(0, 5);
    if (std::ranges::find(values, value) == values.end()) values.push_back(value);
  }
  return found;
}

/// Good rows of ten keys, with bad ones of every kind between them; the keys bad-* have one good row behind their bad one.
struct Mixed {
  explicit Mixed(const e2e::Server& server, bool mark)
      : shop(server, mark), topic(fresh_name("mixed")), compacted(fresh_name("compact")) {
    create_topic(e2e::kafka(), topic, 2, {{"max.message.bytes", "3000"}});
    create_topic(e2e::kafka(), compacted, 1, {{"cleanup.policy", "compact"}});
    const auto session = shop.connect();
    session->begin();
    const auto good_rows = [&](int round) {
      for (int key = 0; key < 10; ++key) shop.insert(*session, topic, "k" + std::to_string(key), std::to_string(round));
    };
    good_rows(1);
    shop.insert(*session, topic, "bad-large", noise(6000));       // row 11: the broker refuses it with its whole batch
    shop.insert(*session, "no topic name", "bad-name", "never");  // row 12
    shop.insert(*session, topic, "bad-size", noise(1'200'000));   // row 13: over kafka.message.max.bytes
    good_rows(2);
    shop.insert(*session, topic, "bad-large", "after");
    shop.insert(*session, topic, "bad-size", "after");
    session->commit();
  }

  [[nodiscard]] std::map<std::string, std::vector<std::string>> good() const {
    std::map<std::string, std::vector<std::string>> all;
    for (int key = 0; key < 10; ++key) all["k" + std::to_string(key)] = {"1", "2"};
    return all;
  }

  e2e::Shop shop;
  std::string topic;
  std::string compacted;
};

}  // namespace

TEST_CASE("a blocked row that is given to another key waits behind the rows of that key") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_name("moved");
  create_topic(e2e::kafka(), topic, 1, {{"max.message.bytes", "3000"}});
  const auto session = shop.connect();
  shop.insert(*session, topic, "k", noise(6000));         // row 1
  shop.insert(*session, "no topic name", "k", "second");  // row 2
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  REQUIRE(e2e::eventually([&] { return says(relay.output(), {"waits: row 1:"}) && says(relay.output(), {"waits: row 2:"}); }));
  shop.execute("UPDATE " + shop.table() + " SET aggregate_type = '" + topic + "' WHERE id = 2");
  REQUIRE(e2e::eventually([&] { return says(relay.output(), {"row 2 has another topic or key now"}); }));
  CHECK_FALSE(relay.wait(2s));
  CHECK(shop.unsent() == 2);
  shop.execute("UPDATE " + shop.table() + " SET payload = 'first' WHERE id = 1");
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }, 90s));
  CHECK(by_key(topic)["k"] == std::vector<std::string>{"first", "secon"});
}

TEST_CASE("block: bad rows stop their own keys alone, are written down as blocked, and go on once they are mended") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  Mixed mixed(server, mark);
  auto& shop = mixed.shop;
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  CHECK(e2e::eventually([&] { return shop.unsent() == 5 && shop.dead("id", "dead_state = 'blocked'") == "11,12,13"; }, 60s));
  INFO(relay.output());
  CHECK(by_key(mixed.topic) == mixed.good());
  CHECK(shop.dead("dead_fault", "id = 13").find("message.max.bytes") != std::string::npos);

  shop.execute("UPDATE " + shop.table() + " SET payload = 'small' WHERE id IN (11, 13)");
  shop.execute("UPDATE " + shop.table() + " SET aggregate_type = '" + mixed.topic + "' WHERE id = 12");
  relay.signal(SIGUSR1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0 && shop.dead("id").empty(); }));
  const auto found = by_key(mixed.topic);
  CHECK(found.at("bad-large") == std::vector<std::string>{"small", "after"});
  CHECK(found.at("bad-size") == std::vector<std::string>{"small", "after"});
  CHECK(found.at("bad-name") == std::vector<std::string>{"never"});
}

TEST_CASE("park: bad rows move to the dead-letter table, their keys go on in order, and drain ends with an empty outbox") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  Mixed mixed(server, mark);
  auto& shop = mixed.shop;
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=park"}));
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(shop.unsent() == 0);
  CHECK(shop.dead("id", "dead_state = 'parked'") == "11,12,13");
  CHECK(shop.dead("id") == "11,12,13");
  CHECK(shop.dead("payload", "id = 11") == noise(6000));
  CHECK(shop.dead("aggregate_type", "id = 12") == "no topic name");
  auto wanted = mixed.good();
  wanted["bad-large"] = wanted["bad-size"] = {"after"};
  CHECK(by_key(mixed.topic) == wanted);
}

TEST_CASE("topic: bad rows go to the dead-letter topic with the reason, and their keys go on in order") {
  ON_EVERY_SERVER();
  Mixed mixed(server, false);
  auto& shop = mixed.shop;
  const auto dead = fresh_name("dead");
  create_topic(e2e::kafka(), dead, 1, {{"max.message.bytes", "2000000"}});
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=topic", "--outbox.dead-topic=" + dead}));
  INFO(ran.output);
  CHECK(ran.code == 75);  // what is over kafka.message.max.bytes goes to no topic: its key waits
  CHECK(says(ran.output, {"row 13", "nor can it go to the dead-letter topic"}));
  CHECK(shop.unsent() == 2);
  CHECK(shop.dead("id") == "13");
  auto wanted = mixed.good();
  wanted["bad-large"] = {"after"};
  CHECK(by_key(mixed.topic) == wanted);

  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {dead});
  auto letters = consumer.take_rest(30s);
  const auto key_of = [](const auto& letter) { return letter.key.value(); };
  std::ranges::sort(letters, {}, key_of);
  letters.erase(std::unique(letters.begin(), letters.end(), [&](const auto& a, const auto& b) { return key_of(a) == key_of(b); }),
                letters.end());  // each broker's rejection costs a producer, and its successor may send rows again
  REQUIRE(letters.size() == 2);
  const auto header = [](const auto& letter, const std::string& wanted_name) {
    for (const auto& [name, value] : letter.headers) {
      if (name == wanted_name) return value.value_or("NULL");
    }
    return std::string("none");
  };
  CHECK(letters[0].key == "bad-large");
  CHECK(letters[0].value == noise(6000));
  CHECK(header(letters[0], "dead.topic") == mixed.topic);
  CHECK(header(letters[0], "dead.row") == "11");
  CHECK(header(letters[0], "id") == "11");
  CHECK(header(letters[0], "dead.reason").find("max.message.bytes") != std::string::npos);
  CHECK(letters[1].key == "bad-name");
  CHECK(letters[1].value == "never");
  CHECK(header(letters[1], "dead.topic") == "NULL");
  CHECK(header(letters[1], "event_type") == "Happened");
  CHECK(header(letters[1], "dead.reason").find("no topic name") != std::string::npos);
}

TEST_CASE("a NULL key on a compacted topic is a bad row for every policy, and harms none of its batch-mates") {
  const std::string policy = GENERATE(as<std::string>{}, "block", "park", "topic");
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  const auto topic = fresh_name("compact");
  const auto dead = fresh_name("dead");
  create_topic(e2e::kafka(), topic, 1, {{"cleanup.policy", "compact"}});
  create_topic(e2e::kafka(), dead, 1);
  const auto session = shop.connect();
  session->begin();
  for (int i = 1; i <= 4; ++i) shop.insert(*session, topic, "k" + std::to_string(i), std::to_string(i));
  session->run(
      {"insert", "INSERT INTO " + shop.table() + " (aggregate_type, aggregate_id, event_type, payload, headers) VALUES ('" + topic +
                     "', 'k', 'Happened', 'keyless', NULL)"},
      {});
  session->commit();
  const auto ran = e2e::run(
      e2e::relaying("drain", shop, {"--message.key=headers", "--outbox.on-bad-row=" + policy, "--outbox.dead-topic=" + dead}));
  INFO(policy << '\n' << ran.output);
  CHECK(ran.code == (policy == "block" ? 75 : 0));
  CHECK(shop.unsent() == (policy == "block" ? 5 : 0));
  CHECK(shop.dead("id", "dead_state = 'parked'") == (policy == "park" ? "1,2,3,4,5" : ""));
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {dead});
  CHECK(consumer.take_rest(30s).size() == (policy == "topic" ? 5 : 0));
}

TEST_CASE("rows that the broker refuses, among many that it takes, cost those no time and few repetitions") {
  const bool park = GENERATE(false, true);
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  const auto topic = fresh_name("refusing");
  create_topic(e2e::kafka(), topic, 1, {{"max.message.bytes", "3000"}});
  constexpr int rows = 2000;
  constexpr int each = 100;
  const auto session = shop.connect();
  session->begin();
  std::string bad;
  for (int row = 1; row <= rows; ++row) {
    const bool refused = row % each == each / 2;
    if (refused) bad += (bad.empty() ? "" : ",") + std::to_string(row);
    const auto key = refused ? "bad" + std::to_string(row) : "k" + std::to_string(row % 9);
    shop.insert(*session, topic, key, refused ? noise(6000) : std::to_string(row));
  }
  session->commit();
  constexpr std::size_t good = rows - rows / each;
  e2e::RelayProcess relay(e2e::relaying("run", shop, {park ? "--outbox.on-bad-row=park" : "--outbox.on-bad-row=block"}));
  CHECK(e2e::eventually([&] { return shop.unsent() == (park ? 0 : rows - good) && shop.dead("id") == bad; }, 90s));
  relay.signal(SIGTERM);
  CHECK(relay.wait(15s) == 0);
  INFO(relay.output());
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto messages = consumer.take_rest(30s);
  CHECK(messages.size() < 2 * good);
  std::map<std::string, std::vector<int>> first;
  std::set<int> seen;
  for (const auto& message : messages) {
    const int row = std::stoi(message.value.value());
    if (seen.insert(row).second) first[message.key.value()].push_back(row);
  }
  CHECK(seen.size() == good);
  CHECK(std::ranges::all_of(first, [](const auto& key) { return std::ranges::is_sorted(key.second); }));
}

TEST_CASE("a partition that the topic does not have is the fault of the row that names it") {
  const std::string policy = GENERATE(as<std::string>{}, "block", "park");
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  const auto topic = fresh_name("partitions");
  create_topic(e2e::kafka(), topic, 3);
  for (const auto& table : {shop.table(), shop.dead_table()}) shop.execute("ALTER TABLE " + table + " ADD COLUMN part INTEGER");
  const auto session = shop.connect();
  for (int i = 1; i <= 6; ++i) shop.insert(*session, topic, "k" + std::to_string(i), std::to_string(i));
  shop.execute("UPDATE " + shop.table() + " SET part = 9 WHERE id = 2");
  shop.execute("UPDATE " + shop.table() + " SET part = 2 WHERE id = 3");
  const auto ran =
      e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=" + policy, "--outbox.extra-columns=part:partition"}));
  INFO(ran.output);
  CHECK(ran.code == (policy == "block" ? 75 : 0));
  CHECK(shop.unsent() == (policy == "block" ? 1 : 0));
  CHECK(shop.dead("id") == "2");
  CHECK(shop.dead("dead_fault").find("has no partition 9: it has 0 to 2") != std::string::npos);
  CHECK(by_key(topic).size() == 5);
}

TEST_CASE("a row whose topic has no valid name is found among the dead letters by that name") {
  const std::string policy = GENERATE(as<std::string>{}, "block", "park");
  e2e::Shop shop({"sqlite", "sqlite:"}, false);
  const auto session = shop.connect();
  shop.insert(*session, "bad topic!", "k1", "1");
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=" + policy}));
  INFO(ran.output);
  CHECK(shop.dead("dead_topic") == "bad topic!");
  if (policy == "block") CHECK(says(ran.output, {"key \"k1\" of topic \"bad topic!\" waits"}));
}

TEST_CASE("an unknown topic parks nothing") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto session = shop.connect();
  shop.insert(*session, fresh_name("missing"), "k", "1");
  const auto unknown = e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=park"}));
  INFO(unknown.output);
  CHECK(unknown.code == 75);
  CHECK(shop.unsent() == 1);
  CHECK(shop.dead("id", "dead_state <> 'blocked'").empty());
  CHECK((shop.dead("dead_attempts").empty() || shop.dead("dead_attempts") == "0"));
}

TEST_CASE("a broker that is gone parks nothing and spends no attempt") {
  e2e::Shop shop({"sqlite", "sqlite:"}, false);  // it is between the relay and Kafka alone
  const auto topic = fresh_name("later");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  shop.insert(*session, topic, "k", "1");
  {
    e2e::Member relay(e2e::at_kafka(e2e::relaying("run", shop, {"--outbox.on-bad-row=park"}), "127.0.0.1:1"));
    CHECK(e2e::eventually([&] { return relay.metric("publish_errors_total{class=\"outage\"}") >= 2.0; }));  // and was probed
    INFO(relay.process().output());
    CHECK(shop.dead("id").empty());
    relay.process().signal(SIGTERM);
    CHECK(relay.process().wait(15s) == 0);
  }
  CHECK(shop.unsent() == 1);
  CHECK(shop.dead("id").empty());
  CHECK(e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=park"})).code == 0);
  CHECK(by_key(topic) == std::map<std::string, std::vector<std::string>>{{"k", {"1"}}});
}

TEST_CASE("without its table parking is refused with the cure, and blocking goes on and says what is missing") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  shop.execute("DROP TABLE " + shop.dead_table());
  const auto session = shop.connect();
  shop.insert(*session, "no topic name", "bad", "1");
  const auto park = e2e::run(e2e::relaying("drain", shop, {"--outbox.on-bad-row=park"}));
  INFO(park.output);
  CHECK(park.code == 78);
  CHECK(says(park.output, {shop.dead_table(), "outbox.on-bad-row", "outbox-relay init", "dead.sql"}));
  const auto topic = fresh_name("good");
  create_topic(e2e::kafka(), topic, 1);
  shop.insert(*session, topic, "good", "1");
  e2e::RelayProcess relay(e2e::relaying("run", shop));
  CHECK(e2e::eventually([&] {
    return shop.unsent() == 1 && says(relay.output(), {"no table " + shop.dead_table(), "dead list"});
  }));
}
