#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/goldens/golden.hpp"
#include "tests/goldens/golden_table.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace std::chrono_literals;
using goldens::Golden;

namespace {

constexpr int partitions = 3;

/// The relay's own reading of the connector's properties, as a file for --config.
class Migrated {
 public:
  explicit Migrated(const Golden& golden)
      : folder_(std::filesystem::temp_directory_path() / ("outbox-relay-golden-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "connector.json") << golden.properties;
    const auto [code, output] = e2e::run({"print-config", "--from-debezium=" + (folder_ / "connector.json").string()});
    INFO(output);
    REQUIRE(code == 0);
    std::ofstream(file()) << output;
  }
  ~Migrated() { std::filesystem::remove_all(folder_); }
  Migrated(const Migrated&) = delete;
  Migrated& operator=(const Migrated&) = delete;

  [[nodiscard]] std::string file() const { return (folder_ / "relay.ini").string(); }

 private:
  std::filesystem::path folder_;
};

std::vector<relay::kafka::ConsumedMessage> everything(const std::string& brokers, const Golden& golden, std::size_t count) {
  const auto topics = golden.topics();
  std::vector<std::string> legal;
  for (const auto& topic : topics) legal.push_back(topic);
  relay::kafka::Consumer consumer({{"bootstrap.servers", brokers}}, legal);
  auto messages = consumer.take(count, 30s);
  while (auto more = consumer.next(100ms)) messages.push_back(std::move(*more));
  return messages;
}

/// The partition is the producer's own choice where nothing decides it.
bool partition_counts(const Golden& golden, const relay::kafka::ConsumedMessage& message) {
  return message.key.has_value() && golden.placements.find(":partition") == std::string::npos;
}

}  // namespace

TEST_CASE("what the real EventRouter sends, the relay sends byte for byte; rows that end EventRouter's task are row faults") {
  static const auto files = goldens::golden_files();
  static const auto differences = goldens::known_differences();
  const auto file = GENERATE_COPY(from_range(files));
  const auto golden = goldens::read_golden(file);
  const auto url = goldens::server_of(golden);
  if (url.empty()) return;
  INFO(golden.name);

  relay::kafka::MockCluster cluster;
  for (const auto& topic : golden.topics()) cluster.create_topic(topic, partitions);
  cluster.create_topic("outbox.event.sentinel", 1);  // of the row that ended every capture and is in none
  goldens::GoldenTable table(golden, url);
  const Migrated migrated(golden);
  const auto ran =
      e2e::run({"drain", "--config=" + migrated.file(), "--source.url=" + table.url(), "--outbox.table=" + table.table(),
                "--outbox.columns.position=relay_position", "--kafka.bootstrap.servers=" + cluster.bootstrap_servers(),
                "--lease.enabled=false", "--http.listen=", "--max-seconds=30"});
  INFO(ran.output);
  if (golden.records.empty()) {  // no row was sent: a column is missing
    CHECK(ran.code == 78);
    CHECK(ran.output.find("nosuch") != std::string::npos);
    return;
  }
  CHECK(ran.code == (golden.rows_without_record.empty() ? 0 : 75));

  std::multiset<std::string> sent;
  for (const auto& message : everything(cluster.bootstrap_servers(), golden, golden.records.size())) {
    sent.insert(goldens::line_of(message, partition_counts(golden, message)));
  }
  std::vector<std::string> missing;
  for (const auto& [label, message] : golden.records) {
    const auto line = goldens::line_of(message, partition_counts(golden, message));
    const auto found = sent.find(line);
    const bool differs = differences.contains(golden.name + " " + label);
    const bool equal = found != sent.end();
    if (equal) sent.erase(found);
    if (equal == differs) missing.push_back((differs ? "no longer different: " : "") + label + ": " + line.substr(0, 3000));
  }
  for (const auto& line : missing) UNSCOPED_INFO("wanted " << line);
  if (!missing.empty()) {
    for (const auto& line : sent) UNSCOPED_INFO("got " << line.substr(0, 3000));
  }
  CHECK(missing.empty());
  auto stuck = table.labels_left();
  CHECK(stuck == golden.rows_without_record);
}
