// The real JDBC source connector's captures against source.mode = table, format connect.
#include "relay/kafka/mock_cluster.hpp"
#include "tests/architecture/shell.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/goldens/columns.hpp"
#include "tests/goldens/golden.hpp"
#include "tests/goldens/golden_table.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <functional>

#include <nlohmann/json.hpp>

using namespace std::chrono_literals;
using goldens::Golden;

namespace {

/// Gives the records their rows. The connector reads by ids and sees no change; or by times, and sees neither what has none, nor an
/// older one than the newest, nor one that is still to come.
/// @return the changes that come after the first look at the table
std::vector<goldens::Insert> take_changes(Golden& golden, bool by_time) {
  const auto seen = [&](const goldens::Insert& statement) {
    if (!statement.sql.starts_with("INSERT ")) return by_time && statement.label == "UPDATE with newer updated_at";
    return !by_time || !statement.label.starts_with("INSERT ");
  };
  std::erase_if(golden.inserts, std::not_fn(seen));
  REQUIRE(golden.records.size() == golden.inserts.size());
  for (std::size_t i = 0; i < golden.records.size(); ++i) golden.records[i].label = golden.inserts[i].label;
  const auto change = std::ranges::find_if(golden.inserts, [](const auto& one) { return one.sql.starts_with("UPDATE "); });
  std::vector<goldens::Insert> changes(change, golden.inserts.end());
  golden.inserts.erase(change, golden.inserts.end());
  return changes;
}

/// The connector's properties as options.
std::vector<std::string> options_of(const nlohmann::json& properties, bool is_postgres) {
  const auto is = [&](const char* name, const std::string& value) { return properties.value(name, "") == value; };
  std::vector<std::string> options{"--table.id-column=" + properties["incrementing.column.name"].get<std::string>(),
                                   "--table.timestamp-column=" + properties.value("timestamp.column.name", "")};
  if (is("numeric.mapping", "best_fit")) options.emplace_back("--message.numeric-mapping=best-fit");
  if (is("value.converter.schemas.enable", "false")) {
    options.emplace_back("--message.value-converter=json");
    if (is("table.whitelist", "jt") && is_postgres) options.emplace_back("--table.columns=-c_num");  // no scale without a schema
  }
  if (is("transforms.k.fields", "id")) options.emplace_back("--message.key-converter=json");
  return options;
}

/// The capture's table, and a relay that polls it.
class Polled {
 public:
  Polled(const Golden& golden, const std::string& url, const std::string& topic, const std::vector<std::string>& options)
      : table(golden, url, goldens::GoldenTable::Kind::polled), topic_(topic) {
    cluster_.create_topic(topic, 1);
    words_ = {"drain",
              "--source.mode=table",
              "--source.url=" + table.url(),
              "--table.name=" + table.table(),
              "--table.state=file:" + (folder_.path() / "cursor").string(),
              "--message.format=connect",
              "--kafka.bootstrap.servers=" + cluster_.bootstrap_servers(),
              "--http.listen="};
    words_.insert(words_.end(), options.begin(), options.end());
  }

  [[nodiscard]] e2e::Ran drain() const { return e2e::run(words_); }

  [[nodiscard]] std::vector<relay::kafka::ConsumedMessage> messages(std::size_t count) const {
    relay::kafka::Consumer consumer({{"bootstrap.servers", cluster_.bootstrap_servers()}}, {topic_});
    auto all = consumer.take(count, 30s);
    while (auto more = consumer.next(100ms)) all.push_back(std::move(*more));
    return all;
  }

  goldens::GoldenTable table;

 private:
  std::string topic_;
  relay::kafka::MockCluster cluster_;
  architecture::TemporaryFolder folder_;
  std::vector<std::string> words_;
};

}  // namespace

TEST_CASE("what the real JDBC source connector sends of a table, the relay sends byte for byte, column by column") {
  static const auto files = goldens::golden_files("jdbc");
  static const auto differences = goldens::known_differences();
  const auto file = GENERATE_COPY(from_range(files));
  auto golden = goldens::read_golden(file);
  const auto url = goldens::server_of(golden);
  if (url.empty()) return;
  INFO(golden.name);
  const auto properties = nlohmann::json::parse(golden.properties);
  const auto changes = take_changes(golden, properties["mode"] == "timestamp+incrementing");
  if (golden.name == "pg-rt-none") {  // these were made in the capture before it
    golden.ddl.insert(golden.ddl.begin(), {"CREATE TYPE mood2 AS ENUM ('sad','happy')", "CREATE DOMAIN posint AS int"});
  }
  Polled polled(golden, url, golden.records.front().message.topic, options_of(properties, !golden.is_mysql()));
  const auto drained = polled.drain();
  INFO(drained.output);
  REQUIRE(drained.code == 0);
  for (const auto& change : changes) {
    polled.table.run(change.sql);
    REQUIRE(polled.drain().code == 0);
  }

  auto messages = polled.messages(golden.records.size());
  REQUIRE(messages.size() == golden.records.size());
  goldens::KnownColumns known(differences, golden.name);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    auto& [label, wanted] = golden.records[i];
    INFO(label);
    auto& sent = messages[i];
    known.cut(label, wanted.value.value(), sent.value.value());
    const auto difference = goldens::first_difference(*wanted.value, *sent.value);
    INFO(difference);
    CHECK(difference.empty());
    CHECK((!wanted.key || sent.key == wanted.key));  // the relay always has one
    CHECK(sent.headers.empty());
  }
  for (const auto& line : known.unused()) FAIL_CHECK("no longer different: " << line);
}

TEST_CASE("rows that end the JDBC connector's task, or lose a value there, are row faults; the rows beside them arrive") {
  struct Bad {
    std::string name;
    std::string column;
    std::string value;
  };
  const auto bad = GENERATE(values<Bad>({{"pg-date", "date", "'infinity'"},
                                         {"pg-timestamp", "timestamp", "'-infinity'"},
                                         {"my-unsigned", "bigint unsigned", "18446744073709551615"},
                                         {"my-time", "time", "'838:59:59'"}}));
  Golden golden;
  golden.name = bad.name;
  golden.ddl = {"CREATE TABLE jt (id int PRIMARY KEY, c_bad " + bad.column + ")"};
  golden.inserts = {{"", "INSERT INTO jt VALUES (1, NULL), (2, " + bad.value + "), (3, NULL)"}};
  const auto url = goldens::server_of(golden);
  if (url.empty()) return;
  const Polled polled(golden, url, "jt", {"--table.id-column=id", "--table.timestamp-column="});
  const auto drained = polled.drain();
  INFO(drained.output);
  CHECK(drained.code == 75);
  CHECK(drained.output.find("column \"c_bad\" (" + bad.column) != std::string::npos);
  const auto messages = polled.messages(2);
  REQUIRE(messages.size() == 2);
  CHECK(messages[0].key == "1");
  CHECK(messages[1].key == "3");
}
