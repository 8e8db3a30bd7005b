#include "relay/kafka/consumer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

namespace {

std::string value_of(const std::string& topic) {
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto message = consumer.next(30s);
  return message ? message->key.value_or("") + " " + message->value.value_or("tombstone") : "nothing";
}

/// The options that point the relay at a table, for another one.
Texts of_table(const std::string& name, Texts words) {
  for (auto& word : words) {
    if (word.starts_with("--table.name=")) word = "--table.name=" + name;
  }
  return words;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Where a cursor may be kept besides the database.
struct State {
  explicit State(const std::string& kind) : name(relay::kafka::tests::fresh_name("state")) {
    if (kind == "kafka") relay::kafka::tests::create_topic(e2e::kafka(), name, 1);
    option = kind + ":" + (kind == "kafka" ? name : (std::filesystem::temp_directory_path() / name).string());
  }
  ~State() {
    std::error_code ignored;
    std::filesystem::remove(std::filesystem::temp_directory_path() / name, ignored);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::string name;
  std::string option;
};

}  // namespace

TEST_CASE("a polled table's message has the columns that it is to have, and the key of several") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  table.put(7, "seven");
  table.put(8, "eight");
  const Texts options{"--table.columns=-update_ts", "--table.key-columns=id,name", "--table.where=id > 7"};
  const auto ran = e2e::run(table.relaying("drain", options));
  INFO(ran.output);
  REQUIRE(ran.code == 0);
  CHECK(value_of(table.topic()) == R"({"id":8,"name":"eight"} {"id":8,"name":"eight"})");
  CHECK(e2e::messages(table.topic()).size() == 1);
}

TEST_CASE("columns that message.format=connect leaves out are named: in the log once, and by check") {
  const auto servers = e2e::servers();
  const auto server = std::ranges::find(servers, "postgres", &e2e::Server::name);
  REQUIRE(server != servers.end());
  e2e::PolledTable table(*server);
  table.execute("ALTER TABLE " + table.name() + " ADD COLUMN address inet, ADD COLUMN tags text[]");
  table.put(1, "one");
  const std::string named = "message.format=connect has no type for address (inet), tags (text[])";
  const auto drained = e2e::run(table.relaying("drain", {"--message.format=connect"}));
  INFO(drained.output);
  CHECK(drained.code == 0);
  CHECK(contains(drained.output, named));
  CHECK_FALSE(contains(value_of(table.topic()), "address"));
  const auto checked = e2e::run(table.relaying("check", {"--message.format=connect"}));
  INFO(checked.output);
  CHECK(contains(checked.output, named));
  CHECK_FALSE(
      contains(e2e::run(table.relaying("check", {"--table.columns=-address,-tags", "--message.format=connect"})).output, named));
}

TEST_CASE("a table whose ids are bytes is polled to its end, over restarts") {
  ON_EVERY_SERVER();
  const std::string keys = GENERATE("both", "id");
  e2e::PolledTable table(server);
  const auto other = table.name() + "_b";
  const std::string type = server.name == "postgres" ? "BYTEA" : server.name == "sqlite" ? "BLOB" : "BINARY(4)";
  const std::string times = server.name == "postgres" ? "TIMESTAMPTZ" : server.name == "sqlite" ? "DATETIME" : "TIMESTAMP(6)";
  table.execute("CREATE TABLE " + other + " (id " + type + " PRIMARY KEY, name VARCHAR(30), update_ts " + times + " NOT NULL)");
  const auto put = [&](const std::string& hexadecimal) {
    const auto id = server.name == "postgres" ? "'\\x" + hexadecimal + "'" : "x'" + hexadecimal + "'";
    table.execute("INSERT INTO " + other + " VALUES (" + id + ", '" + hexadecimal + "', '2026-01-02 03:04:05')");
  };
  Texts wanted;
  for (const auto* const id : {"00000001", "019affff", "027f8000", "80fe0100", "c3a9c3a9", "ff000000", "ffffffff"}) {
    put(id);
    wanted.emplace_back(id);
  }
  Texts options{"--message.topic=" + table.topic(), "--table.key-columns=name", "--poll.batch-rows=2"};
  if (keys == "id") options.emplace_back("--table.timestamp-column=");
  for (int life = 0; life < 5; ++life) {
    auto again = options;
    if (life < 4) again.emplace_back("--max-rows=2");
    const auto ran = e2e::run(of_table(other, table.relaying("drain", again)));
    INFO(ran.output);
    REQUIRE((ran.code == 0 || (life < 4 && ran.code == 75)));  // 75: --max-rows is reached
  }
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {table.topic()});
  std::set<std::string> received;
  for (const auto& message : consumer.take_rest(20s)) received.insert(message.key.value_or(""));
  CHECK(Texts(received.begin(), received.end()) == wanted);
  table.execute("DROP TABLE " + other);
}

TEST_CASE("a row that the broker rejects holds up no other row of a polled table") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto topic = relay::kafka::tests::fresh_name("limited");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1, {{"max.message.bytes", "2500"}});
  const auto session = table.connect();
  for (int id = 1; id <= 15; ++id) table.put(*session, id, id == 7 ? std::string(2900, 'x') : "small", table.now());
  e2e::RelayProcess relay(table.relaying("run", {"--message.topic=" + topic, "--kafka.compression.type=none"}));
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  std::set<std::string> received;
  CHECK(e2e::eventually([&] {
    while (const auto message = consumer.next(50ms)) received.insert(message->key.value_or(""));
    return received.size() == 14;
  }));
  CHECK_FALSE(received.contains("7"));
  const bool says_so = e2e::eventually([&] { return relay.output().find("cannot be sent") != std::string::npos; });
  const auto output = relay.output();
  INFO(output);
  CHECK(says_so);
  CHECK(output.find("cannot be sent") == output.rfind("cannot be sent"));
}

TEST_CASE("a time that no calendar has stops neither its table nor the others") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto other = table.name() + "_t";
  const bool postgres = server.name == "postgres";
  const std::string type = postgres ? "TIMESTAMPTZ" : server.name == "sqlite" ? "TEXT" : "DATETIME(6)";
  table.execute("CREATE TABLE " + other + " (id INT PRIMARY KEY, name VARCHAR(30), update_ts " + type + ")");
  if (!postgres && server.name != "sqlite") table.execute("SET SESSION sql_mode = ''");
  const auto times = postgres                  ? Texts{"infinity", "-infinity", "0044-03-15 12:00:00 BC", "12026-01-02 00:00:00"}
                     : server.name == "sqlite" ? Texts{"12026-01-02 00:00:00", "0000-00-00 00:00:00"}
                                               : Texts{"0000-00-00 00:00:00", "2020-00-00 00:00:00"};
  int id = 0;
  for (const auto& time : times) {
    table.execute("INSERT INTO " + other + " VALUES (" + std::to_string(++id) + ", 'odd', '" + time + "')");
  }
  table.execute("INSERT INTO " + other + " VALUES (" + std::to_string(++id) + ", 'even', '2026-01-02 03:04:05')");
  table.put(100, "healthy");
  for (int life = 0; life < 2; ++life) {
    const Texts options{"--message.topic=" + table.topic(), "--poll.batch-rows=1"};
    const auto ran = e2e::run(of_table(table.name() + "," + other, table.relaying("drain", options)));
    INFO(ran.output);
    CHECK(ran.code == 0);
  }
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {table.topic()});
  std::set<std::string> received;
  for (const auto& message : consumer.take_rest(20s)) received.insert(message.key.value_or(""));
  CHECK(received.size() == times.size() + 2);
  table.execute("DROP TABLE " + other);
}

TEST_CASE("a column of days is refused as the time of a polled table") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  table.execute("ALTER TABLE " + table.name() + " ADD COLUMN day DATE");
  const auto ran = e2e::run(table.relaying("drain", {"--table.timestamp-column=day"}));
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(contains(ran.output, "not a timestamp. Name another one with table.timestamp-column."));
}

TEST_CASE("an id of 64 bit has such a type in message.format=connect") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  table.put(1, "one");
  REQUIRE(e2e::run(table.relaying("drain", {"--message.format=connect"})).code == 0);
  CHECK(contains(value_of(table.topic()), R"({"type":"int64","optional":false,"field":"id"})"));
}

TEST_CASE("a number that the server fills up with zeros is a JSON number") {
  auto servers = e2e::servers();
  std::erase_if(servers, [](const auto& server) { return server.name == "sqlite" || server.name == "postgres"; });
  if (servers.empty()) SKIP("no server is given");
  const auto server = GENERATE_COPY(from_range(servers));
  const std::string format = GENERATE("row", "connect");
  INFO(server.name << " " << format);
  e2e::PolledTable table(server);
  table.execute("ALTER TABLE " + table.name() +
                " ADD COLUMN n INT(5) ZEROFILL NOT NULL DEFAULT 42, ADD COLUMN zero INT(5) ZEROFILL" + " NOT NULL DEFAULT 0");
  table.put(1, "one");
  REQUIRE(e2e::run(table.relaying("drain", {"--message.format=" + format})).code == 0);
  const auto message = value_of(table.topic());
  INFO(message);
  CHECK(contains(message, R"("n":42,"zero":0)"));
}

TEST_CASE("a row that is marked as deleted becomes a tombstone") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  table.execute("ALTER TABLE " + table.name() + " ADD COLUMN deleted_at VARCHAR(30)");
  table.put(1, "here");
  table.put(2, "gone");
  table.execute("UPDATE " + table.name() + " SET deleted_at = 'today' WHERE id = 2");
  REQUIRE(e2e::run(table.relaying("drain", {"--table.deleted-column=deleted_at"})).code == 0);
  auto messages = e2e::messages(table.topic());
  std::ranges::sort(messages);
  CHECK(messages == Texts{"1=here", "2="});
}

TEST_CASE("a flag that is not set leaves a row alive, whatever the database calls a flag") {
  ON_EVERY_SERVER();
  struct Flag {
    std::string type;
    std::string off;
    std::string on;
  };
  const auto flags_of = [](const std::string& name) -> std::vector<Flag> {
    if (name == "sqlite") return {{"NUMERIC(5,2)", "0.00", "0.01"}, {"REAL", "0", "1"}};
    if (name == "postgres") {
      return {{"NUMERIC(5,2)", "0.00", "0.01"},
              {"BIT(1)", "B'0'", "B'1'"},
              {"BIT(9)", "B'000000000'", "B'000000001'"},
              {"CHAR(3)", "'N'", "'Y'"}};
    }
    return {{"DECIMAL(5,2)", "0.00", "0.01"},
            {"BIT(1)", "b'0'", "b'1'"},
            {"BIT(8)", "0", "48"},
            {"TINYINT(2) ZEROFILL", "0", "1"},
            {"BINARY(2)", "'0'", "'1'"}};
  };
  const auto flags = flags_of(server.name);
  const auto flag = GENERATE_COPY(from_range(flags));
  INFO(flag.type);
  e2e::PolledTable table(server);
  table.execute("ALTER TABLE " + table.name() + " ADD COLUMN gone " + flag.type);
  table.put(1, "off");
  table.put(2, "on");
  table.execute("UPDATE " + table.name() + " SET gone = CASE id WHEN 1 THEN " + flag.off + " ELSE " + flag.on + " END");
  REQUIRE(e2e::run(table.relaying("drain", {"--table.deleted-column=gone"})).code == 0);
  auto messages = e2e::messages(table.topic());
  std::ranges::sort(messages);
  CHECK(messages == Texts{"1=off", "2="});
}

TEST_CASE("a table is polled by its ids alone, or by its times alone") {
  ON_EVERY_SERVER();
  const std::string keys = GENERATE("id", "time");
  e2e::PolledTable table(server);
  const auto session = table.connect();
  for (int id = 1; id <= 9; ++id) table.put(*session, id, "row", id < 6 ? "'2026-01-02 03:04:05'" : "'2026-01-02 03:04:06'");
  const auto options = keys == "id" ? Texts{"--table.timestamp-column=", "--poll.batch-rows=2"}
                                    : Texts{"--table.id-column=", "--table.key-columns=id", "--poll.batch-rows=2"};
  const auto first = e2e::run(table.relaying("drain", options));
  INFO(first.output);
  REQUIRE(first.code == 0);
  CHECK(e2e::messages(table.topic()).size() == 9);
  table.put(10, "more");
  REQUIRE(e2e::run(table.relaying("drain", options)).code == 0);
  const auto messages = e2e::messages(table.topic());
  CHECK(messages.size() == 10);
  CHECK(messages.back() == "10=more");
}

TEST_CASE("a table without ids is polled past rows of one time that are more than poll.batch-bytes") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto session = table.connect();
  session->begin();
  for (int id = 1; id <= 40; ++id) table.put(*session, id, std::string(2900, 'x'), "'2026-01-02 03:04:05'");
  table.put(*session, 41, "later", "'2026-01-02 03:04:06'");
  session->commit();
  const auto ran = e2e::run(table.relaying("drain", {"--table.id-column=", "--table.key-columns=id", "--poll.batch-bytes=64KiB"}));
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(e2e::messages(table.topic()).size() == 41);
}

TEST_CASE("a topic for the cursor that is not there ends the relay with 78 before it has sent anything") {
  e2e::PolledTable table(e2e::servers().front());
  table.put(1, "one");
  const auto ran = e2e::run(table.relaying("run", {"--table.state=kafka:" + relay::kafka::tests::fresh_name("nowhere")}));
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(e2e::messages(table.topic()).empty());
}

TEST_CASE("a role that may only read keeps its cursor in a file or a topic") {
  ON_EVERY_SERVER();
  const State state(GENERATE("file", "kafka"));
  e2e::PolledTable table(server);
  table.put(1, "first");
  const Texts options{"--table.state=" + state.option};
  const auto ran = e2e::run(table.relaying("drain", options));
  INFO(ran.output);
  REQUIRE(ran.code == 0);
  table.put(2, "second");
  REQUIRE(e2e::run(table.relaying("drain", options)).code == 0);
  CHECK(e2e::messages(table.topic()) == Texts{"1=first", "2=second"});
  CHECK(contains(e2e::run(table.relaying("cursor show", options)).output, "before the rows of"));
}

TEST_CASE("a cursor in a topic is reached with a secret from a file") {
  e2e::PolledTable table(e2e::servers().front());
  const State state("kafka");
  const State secret("file");
  const auto path = std::filesystem::temp_directory_path() / secret.name;
  std::ofstream(path) << "hunter2\n";
  const Texts options{"--table.state=" + state.option, "--kafka.sasl.password-file=" + path.string()};
  table.put(1, "one");
  const auto drained = e2e::run(table.relaying("drain", options));
  INFO(drained.output);
  CHECK(drained.code == 0);
  const auto shown = e2e::run(table.relaying("cursor show", options));
  INFO(shown.output);
  CHECK(shown.code == 0);
  CHECK(contains(shown.output, "before the rows of"));
}

TEST_CASE("while no broker has the cursor's topic run waits, and drain and cursor end with 75") {
  relay::kafka::MockCluster cluster;
  cluster.create_topic("state", 1);
  cluster.set_down(1);
  e2e::PolledTable table(e2e::servers().front());
  cluster.create_topic(table.topic(), 1);
  table.put(1, "one");
  const auto words = [&](const std::string& command) {
    return e2e::at_kafka(table.relaying(command, {"--table.state=kafka:state"}), cluster.bootstrap_servers());
  };
  e2e::RelayProcess relay(words("run"));
  const auto shown = e2e::run(words("cursor show"));
  INFO(shown.output);
  CHECK(shown.code == 75);
  const auto drained = e2e::run(words("drain"));
  INFO(drained.output);
  CHECK(drained.code == 75);
  CHECK(contains(drained.output, "Kafka: "));
  CHECK_FALSE(contains(drained.output, "database lost"));

  CHECK(e2e::eventually([&] { return contains(relay.output(), "Kafka: "); }));
  INFO(relay.output());
  cluster.set_up(1);
  relay::kafka::Consumer consumer({{"bootstrap.servers", cluster.bootstrap_servers()}}, {table.topic()});
  const auto message = consumer.next(60s);
  REQUIRE(message);
  CHECK(message->key == "1");
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
}

TEST_CASE("cursor shows where a table stands, goes back to a time, and forgets; a dry run changes nothing") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto session = table.connect();
  table.put(*session, 1, "old", "'2026-01-02 03:04:05'");
  table.put(*session, 2, "new", "'2026-01-02 03:04:06'");
  const auto cursor = [&](const Texts& words) {
    auto all = table.relaying("cursor", {});
    all.insert(all.begin() + 1, words.begin(), words.end());
    std::erase_if(all, [](const auto& word) { return word.starts_with("--http") || word.starts_with("--poll"); });
    const auto ran = e2e::run(all);
    INFO(ran.output);
    CHECK(ran.code == 0);
    return ran.output;
  };
  const auto drain = [&] { REQUIRE(e2e::run(table.relaying("drain")).code == 0); };
  CHECK(contains(cursor({"show"}), "not saved"));
  drain();
  CHECK(contains(cursor({"set", "2026-01-02T03:04:06Z", "--dry-run"}), "would be before the rows of 2026-01-02 03:04:06"));
  drain();
  CHECK(e2e::messages(table.topic()) == Texts{"1=old", "2=new"});
  CHECK(contains(cursor({"set", "2026-01-02T03:04:06Z"}), "now before the rows of 2026-01-02 03:04:06"));
  drain();
  CHECK(e2e::messages(table.topic()) == Texts{"1=old", "2=new", "2=new"});
  const auto status = [&](const Texts& words) {
    Texts all{"status", "--source.mode=table", "--source.url=" + table.url(), "--table.name=" + table.name(),
              "--lease.name=" + table.name()};
    all.insert(all.end(), words.begin(), words.end());
    const auto ran = e2e::run(all);
    INFO(ran.output);
    CHECK(ran.code == 0);
    return ran.output;
  };
  CHECK(contains(status({}), "2026-01-02 03:04:06"));
  CHECK(contains(status({}), "\nlease     held by nobody, token "));
  CHECK(contains(status({"--json"}), R"("id": "2")"));
  cursor({"reset"});
  CHECK(contains(status({}), "cursor  not saved\n  newest  row 2 of 2026-01-02 03:04:06"));
  const auto dead = e2e::run({"dead", "list", "--source.mode=table", "--source.url=" + table.url()});
  CHECK(dead.code == 64);
  CHECK(contains(dead.output, "dead is about outboxes, and source.mode"));
  drain();
  CHECK(e2e::messages(table.topic()) == Texts{"1=old", "2=new", "2=new", "1=old", "2=new"});
}

TEST_CASE("a cursor is never set to, or read from, a place that the table's order does not have") {
  const auto servers = e2e::servers();
  const auto server = std::ranges::find(servers, "sqlite", &e2e::Server::name);
  REQUIRE(server != servers.end());
  e2e::PolledTable table(*server);
  table.put(1, "one");
  const Texts by_id{"--table.timestamp-column="};
  const auto set = [&](const std::string& place) {
    auto words = table.relaying("cursor", by_id);
    words.insert(words.begin() + 1, {"set", place});
    std::erase_if(words, [](const auto& word) { return word.starts_with("--http") || word.starts_with("--poll"); });
    return e2e::run(words);
  };
  const auto refused = set("2026-01-02T03:04:06Z");
  CHECK(refused.code == 64);
  CHECK(contains(refused.output, "a time means nothing without table.timestamp-column"));
  for (const auto* place : {"earliest", "latest"}) {
    INFO(place);
    CHECK(set(place).code == 0);
    table.put(place == std::string("latest") ? 3 : 2, place);
    CHECK(e2e::run(table.relaying("drain", by_id)).code == 0);
  }
  CHECK(e2e::messages(table.topic()) == Texts{"1=one", "2=earliest", "3=latest"});
  const Texts by_time{"--table.id-column=", "--table.key-columns=id"};
  for (const auto& other : {Texts{}, by_time}) {
    const auto ran = e2e::run(table.relaying("drain", other));
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(contains(ran.output, "outbox-relay cursor reset"));
  }
}

TEST_CASE("a polled table's columns are found in whatever case the table writes them, and a missing key column is named") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  table.put(7, table.topic());
  const bool quoted = server.name == "postgres" || server.name == "sqlite";
  for (const std::string column : {"id", "name"}) {
    const auto upper = column == "id" ? "ID" : "NAME";
    table.execute("ALTER TABLE " + table.name() + " RENAME COLUMN " + column + " TO " + (quoted ? "\"" : "") + upper +
                  (quoted ? "\"" : ""));
  }
  const std::string columns = "--table.columns=-update_ts";
  const std::string value = R"({"ID":7,"NAME":")" + table.topic() + R"("})";
  const auto drained = [&](const Texts& options) {
    const auto ran = e2e::run(table.relaying("drain", options));
    INFO(ran.output);
    CHECK(ran.code == 0);
  };
  const auto [options, key] =
      GENERATE(std::pair{Texts{}, std::string("7")}, std::pair{Texts{"--table.key-columns=id,name"}, std::string()},
               std::pair{Texts{"--message.topic={name}", "--message.headers=id"}, std::string("7")});
  auto all = options;
  all.push_back(columns);
  drained(all);
  CHECK(value_of(table.topic()) == (key.empty() ? value : key) + " " + value);
  const auto missing = e2e::run(table.relaying("drain", {"--table.key-columns=nosuch"}));
  CHECK(missing.code == 78);
  CHECK(contains(missing.output, "Name it with table.key-columns."));
}

TEST_CASE("one process polls several tables") {
  ON_EVERY_SERVER();
  e2e::PolledTable one(server);
  one.execute("CREATE TABLE " + one.name() + "b AS SELECT * FROM " + one.name());
  relay::kafka::tests::create_topic(e2e::kafka(), one.name() + "b", 1);
  one.put(1, "one");
  one.execute("INSERT INTO " + one.name() + "b (id, name, update_ts) VALUES (2, 'two', " + one.now() + ")");
  auto words = one.relaying("drain");
  std::ranges::replace(words, "--table.name=" + one.name(), "--table.name=" + one.name() + "," + one.name() + "b");
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(e2e::messages(one.topic()) == Texts{"1=one"});
  CHECK(e2e::messages(one.topic() + "b") == Texts{"2=two"});
  one.execute("DROP TABLE " + one.name() + "b");
}

TEST_CASE("check says of a polled table what may cost it a row or its speed") {
  ON_EVERY_SERVER();
  e2e::PolledTable table(server);
  const auto check = [&](const Texts& more) {
    auto words = table.relaying("check", more);
    std::erase_if(words, [](const auto& word) { return word.starts_with("--http"); });
    return e2e::run(words).output;
  };
  const auto fine = check({});
  INFO(fine);
  CHECK(contains(fine, "ok       index of " + table.name()));
  CHECK(contains(fine, "ok       cursor"));
  CHECK(contains(fine, server.name == "sqlite" ? "warning  writers of" : "ok       writers of"));
  table.execute("ALTER TABLE " + table.name() + " ADD COLUMN noted_at " + (server.name == "sqlite" ? "TEXT" : "TIMESTAMP(0) NULL"));
  const auto poor = check({"--table.timestamp-column=noted_at"});
  INFO(poor);
  CHECK(contains(poor, "warning  index of " + table.name() + ": no index over (noted_at, id)"));
  CHECK(contains(poor, "noted_at may be NULL"));
  CHECK(contains(poor, "keeps 0 digits") == (server.name != "sqlite"));
}
