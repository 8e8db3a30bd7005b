#include "relay/kafka/consumer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>
#include <set>

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

/// Says that its topics are there, and lets nobody write to them so many times.
struct RefusingCluster {
  explicit RefusingCluster(std::size_t times) {
    constexpr std::int16_t topic_authorization_failed = 29;
    cluster.answer_with(relay::kafka::MockCluster::Request::produce, std::vector(times, topic_authorization_failed));
  }

  /// The options that point the relay at the table and at this cluster.
  [[nodiscard]] Texts words(const e2e::PolledTable& table, const std::string& command) const {
    return e2e::at_kafka(table.relaying(command), cluster.bootstrap_servers());
  }

  relay::kafka::MockCluster cluster;
};

int times_told(std::string_view text, std::string_view part) {
  int times = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++times;
  return times;
}

}  // namespace

TEST_CASE("a relay that begins at the latest row sends what was open then, and nothing older") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // whoever writes there keeps all others waiting
  e2e::PolledTable table(server);
  table.put(1, "older");
  const auto open = table.connect();
  open->begin();
  table.put(*open, 2, "open", table.now());
  table.put(3, "newer");
  e2e::RelayProcess relay(table.relaying("run", {"--table.start=latest"}));
  const auto saved = [&] {
    return !table.connect()
                ->run({"saved", "SELECT 1 FROM outbox_relay_cursor WHERE name LIKE '%" + table.name() + "'"}, {})
                .empty();
  };
  REQUIRE(e2e::eventually(saved));
  open->commit();
  table.put(4, "last");
  INFO(relay.output());
  CHECK(e2e::eventually([&] { return e2e::messages(table.topic()).size() == 2; }));
  auto messages = e2e::messages(table.topic());
  std::ranges::sort(messages);
  CHECK(messages == Texts{"2=open", "4=last"});
}

TEST_CASE("polling sends each row once, and again when it changes") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  for (int id = 1; id <= 3; ++id) table.put(id, "first");
  const auto drained = e2e::run(table.relaying("drain"));
  INFO(drained.output);
  REQUIRE(drained.code == 0);
  CHECK(e2e::messages(table.topic()) == Texts{"1=first", "2=first", "3=first"});
  table.put(2, "second");
  REQUIRE(e2e::run(table.relaying("drain")).code == 0);
  CHECK(e2e::messages(table.topic()) == Texts{"1=first", "2=first", "3=first", "2=second"});
}

TEST_CASE("polling reads a table in pages, whatever its rows have in common") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto session = table.connect();
  session->begin();
  for (int id = 1; id <= 25; ++id) {
    table.put(*session, id, "row", id <= 12 ? "'2026-01-02 03:04:05.678901'" : "'2026-01-02 03:04:05.678902'");
  }
  session->commit();
  REQUIRE(e2e::run(table.relaying("drain", {"--poll.batch-rows=5"})).code == 0);
  Texts wanted;
  for (int id = 1; id <= 25; ++id) wanted.push_back(std::to_string(id) + "=row");
  CHECK(e2e::messages(table.topic()) == wanted);
}

TEST_CASE("polling sends a row that commits late although rows with later times went first") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // one writer
  e2e::PolledTable table(server);
  e2e::RelayProcess relay(table.relaying("run", {"--table.look-back=1s"}));
  const auto slow = table.connect();
  slow->begin();
  table.put(*slow, 1, "late", table.now());
  table.put(2, "early");
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {table.topic()});
  const auto first = consumer.next(30s);
  REQUIRE(first);
  CHECK(first->key == "2");
  slow->commit();
  const auto second = consumer.next(30s);
  INFO(relay.output());
  REQUIRE(second);
  CHECK(second->key == "1");
  relay.signal(SIGTERM);
  CHECK(relay.wait(10s) == 0);
}

TEST_CASE("polling sends a change that left the time as it was") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  e2e::RelayProcess relay(table.relaying("run"));
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {table.topic()});
  for (const auto* name : {"a", "b", "a"}) {
    table.execute("DELETE FROM " + table.name());
    table.execute("INSERT INTO " + table.name() + " (id, name, update_ts) VALUES (1, '" + name +
                  "', '2026-01-02 03:04:05.678901')");
    const auto message = consumer.next(20s);
    INFO(relay.output());
    REQUIRE(message);
    CHECK(message->value->find("\"name\":\"" + std::string(name) + "\"") != std::string::npos);
  }
}

TEST_CASE("a cursor that is set to the latest row leaves out nothing that is open then") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;
  e2e::PolledTable table(server);
  table.put(1, "old");
  table.execute("UPDATE " + table.name() + " SET update_ts = '2026-01-02 03:04:05'");
  const auto open = table.connect();
  open->begin();
  table.put(*open, 2, "open", table.now());
  table.put(3, "newer");
  auto words = table.relaying("cursor", {});
  words.insert(words.begin() + 1, {"set", "latest"});
  std::erase_if(words, [](const auto& word) { return word.starts_with("--http") || word.starts_with("--poll"); });
  const auto set = e2e::run(words);
  INFO(set.output);
  REQUIRE(set.code == 0);
  open->commit();
  REQUIRE(e2e::run(table.relaying("drain", {})).code == 0);
  const auto messages = e2e::messages(table.topic());
  CHECK(std::ranges::count(messages, "2=open") == 1);
  CHECK(std::ranges::count(messages, "1=old") == 0);
}

TEST_CASE("polling begins with the rows of a time, or behind those that are there") {
  ON_EVERY_SERVER();
  const std::string start = GENERATE("2026-01-02T03:04:06Z", "latest");
  e2e::PolledTable table(server);
  const auto session = table.connect();
  table.put(*session, 1, "old", "'2026-01-02 03:04:05'");
  table.put(*session, 2, "new", "'2026-01-02 03:04:06'");
  REQUIRE(e2e::run(table.relaying("drain", {"--table.start=" + start})).code == 0);
  table.put(3, "newest");
  REQUIRE(e2e::run(table.relaying("drain", {"--table.start=earliest"})).code == 0);  // the saved cursor counts
  CHECK(e2e::messages(table.topic()) == (start == "latest" ? Texts{"3=newest"} : Texts{"2=new", "3=newest"}));
}

TEST_CASE("a polled row that cannot be sent lets the others pass, and is sent when it is mended") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const Texts small{"--kafka.message.max.bytes=1000"};
  table.put(1, "good");
  table.put(2, std::string(2000, 'x'));
  table.put(3, "good too");
  const auto stuck = e2e::run(table.relaying("drain", small));
  INFO(stuck.output);
  CHECK(stuck.code == 75);
  CHECK(stuck.output.find("the cursor stays below it") != std::string::npos);
  CHECK(e2e::messages(table.topic()) == Texts{"1=good", "3=good too"});
  table.put(2, "mended");
  CHECK(e2e::run(table.relaying("drain", small)).code == 0);
  CHECK(e2e::messages(table.topic()) == Texts{"1=good", "3=good too", "2=mended"});
}

TEST_CASE("a drain ends without a topic that lets nobody write") {
  RefusingCluster refusing(1000);
  e2e::PolledTable table(e2e::servers().front());
  refusing.cluster.create_topic(table.topic(), 3);
  for (int id = 1; id <= 20; ++id) table.put(id, "row");
  const auto drained = e2e::run(refusing.words(table, "drain"));
  INFO(drained.output);
  CHECK(drained.code == 75);
  CHECK(times_told(drained.output, "rows wait: ") == 1);
  CHECK(times_told(drained.output, "grant this user Write") == 2);  // when it is refused, and at the end
}

TEST_CASE("a topic that lets nobody write is told once, and goes on when it does") {
  RefusingCluster refusing(2);
  e2e::PolledTable table(e2e::servers().front());
  refusing.cluster.create_topic(table.topic(), 1);
  for (int id = 1; id <= 3; ++id) table.put(id, "row");
  e2e::RelayProcess relay(refusing.words(table, "run"));
  const std::string goes_on = "topic \"" + table.topic() + "\" goes on";
  CHECK(e2e::eventually([&] { return times_told(relay.output(), goes_on) > 0; }));
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
  INFO(relay.output());
  CHECK(times_told(relay.output(), "grant this user Write") == 1);
  CHECK(times_told(relay.output(), goes_on) == 1);
  relay::kafka::Consumer consumer({{"bootstrap.servers", refusing.cluster.bootstrap_servers()}}, {table.topic()});
  CHECK(consumer.take_rest(30s).size() == 3);
}

TEST_CASE("a drain of a polled table ends with 75 when brokers answer and acknowledge nothing") {
  relay::kafka::MockCluster cluster;
  e2e::PolledTable table(e2e::servers().front());
  cluster.create_topic(table.topic(), 1);
  cluster.take_leader(table.topic(), 0);
  table.put(1, "row");
  const auto ran = e2e::run(e2e::at_kafka(table.relaying("drain", {"--shutdown.flush=1s"}), cluster.bootstrap_servers()));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(ran.output.find("topic \"" + table.topic() + "\": a row of it is not acknowledged") != std::string::npos);
}

TEST_CASE("a partition without leader stops no other topic of a polled table, however many rows wait for it") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("stuck", 1);
  cluster.create_topic("free", 1);
  cluster.take_leader("stuck", 0);
  e2e::PolledTable table(e2e::servers().front());
  const auto session = table.connect();
  session->begin();
  for (int id = 1; id <= 300; ++id) table.put(*session, id, "stuck", "'2026-01-02 03:04:05'");
  for (int id = 301; id <= 310; ++id) table.put(*session, id, "free", "'2026-01-02 03:04:06'");
  session->commit();
  const auto words = [&](const std::string& command) {
    return e2e::at_kafka(table.relaying(command, {"--message.topic={name}", "--poll.batch-rows=50", "--shutdown.flush=1s"}),
                         cluster.bootstrap_servers());
  };
  const auto arrived = [&](const std::string& topic) {
    relay::kafka::Consumer consumer({{"bootstrap.servers", cluster.bootstrap_servers()}}, {topic});
    std::set<std::string> keys;
    for (const auto& message : consumer.take_rest(30s)) keys.insert(message.key.value_or(""));
    return keys.size();
  };
  const std::string waits = "topic \"stuck\" waits: ";

  SECTION("a drain ends with 75") {
    const auto drained = e2e::run(words("drain"));
    INFO(drained.output);
    CHECK(drained.code == 75);
    CHECK(drained.output.find(waits) != std::string::npos);
    CHECK(drained.output.find("has a leader") != std::string::npos);
    CHECK(arrived("free") == 10);
  }
  SECTION("they go when it has one, also after an outage of all brokers") {
    e2e::Member relay(words("run"));
    REQUIRE(e2e::eventually([&] { return relay.metric("in_flight_rows") >= 200.0; }));
    cluster.set_down(1);
    REQUIRE(e2e::eventually([&] { return relay.process().output().find("Kafka: ") != std::string::npos; }));
    cluster.set_up(1);
    CHECK(e2e::eventually([&] { return relay.process().output().find(waits) != std::string::npos; }));
    CHECK(e2e::eventually([&] { return arrived("free") == 10; }));
    cluster.give_leader("stuck", 0, 1);
    CHECK(e2e::eventually([&] { return arrived("stuck") == 300; }));
    INFO(relay.process().output());
    CHECK(relay.process().output().find("topic \"stuck\" goes on") != std::string::npos);
  }
}

TEST_CASE("a polled table that was read to its end counts as a success, although there was nothing to send") {
  const e2e::PolledTable table(e2e::servers().front());
  const e2e::Member relay(table.relaying("run"));
  const std::string last = "last_success_timestamp_seconds";
  REQUIRE(e2e::eventually([&] { return relay.metric(last).has_value(); }));
  const auto before = relay.metric(last);
  CHECK(e2e::eventually([&] { return relay.metric(last) > before; }));
}

TEST_CASE("what cannot be polled is refused with one line") {
  const auto refused = [](const Texts& more) {
    Texts words{"drain", "--source.mode=table", "--source.url=sqlite:/nowhere.db", "--kafka.bootstrap.servers=localhost:1"};
    words.insert(words.end(), more.begin(), more.end());
    return e2e::run(words);
  };
  CHECK(refused({}).output.find("table.name") != std::string::npos);
  CHECK(refused({"--table.name=t", "--message.format=payload"}).output.find("message.format (command line)") != std::string::npos);
  CHECK(refused({"--table.name=t", "--message.key=id"}).output.find("table.key-columns") != std::string::npos);
  CHECK(refused({"--table.name=t", "--table.start=soon"}).output.find("table.start") != std::string::npos);
  CHECK(refused({"--table.name=t", "--table.columns=a,-b"}).output.find("table.columns") != std::string::npos);
}
