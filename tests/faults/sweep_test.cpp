#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/faults/failing.hpp"
#include "tests/faults/inside.hpp"

#include <iostream>

using namespace std::chrono_literals;
using faults::Wrong;
namespace core = relay::core;
namespace kafka = relay::kafka;

namespace {

constexpr int rows = 24;
constexpr int keys = 4;
const std::string topic = "sweep";

/// A cluster and what is read of it, for all runs of a sweep; each run has keys of its own.
class Sweep {
 public:
  Sweep(e2e::Server server, bool mark, Wrong wrong) : server_(std::move(server)), mark_(mark), wrong_(wrong) {
    cluster_.create_topic(topic, 3);
    consumer_ = std::make_unique<kafka::Consumer>(at_cluster(), std::vector{topic});
  }

  /// N = 1, 2, 3 ... until nothing is left to go wrong. @return how many runs went wrong somewhere
  std::size_t run() {
    std::size_t nth = 1;
    while (run(nth)) ++nth;
    return nth - 1;
  }

 private:
  [[nodiscard]] kafka::Settings at_cluster() const { return {{"bootstrap.servers", cluster_.bootstrap_servers()}}; }
  static std::string key_of(std::size_t nth, int row) { return "run" + std::to_string(nth) + "-" + std::to_string(row % keys); }

  /// @return whether something went wrong on the way
  bool run(std::size_t nth) {
    INFO(name_of(wrong_) << ", operation " << nth << " on " << server_.name << (mark_ ? ", mark" : ""));
    e2e::Shop shop(server_, mark_);
    fill(shop, nth);
    const auto script = std::make_shared<faults::Script>(wrong_, nth);
    faults::Listener listener;
    const auto ending = drain(shop, script, listener);
    INFO(listener.text());
    INFO(ending.why);
    CHECK(ending.how == core::Ending::How::drained);
    CHECK(shop.unsent() == 0);
    CHECK(shop.rows() == (mark_ ? rows : 0));
    check_messages(nth);
    return script->has_failed();
  }

  /// Every sixth id is missing: there are gaps to be read and to be proven dead.
  static void fill(e2e::Shop& shop, std::size_t nth) {
    const auto session = shop.connect();
    for (int row = 0; row < rows; ++row) {
      if (row % 5 == 2) {
        session->begin();
        shop.insert(*session, topic, "never", "{}");
        session->rollback();
      }
      shop.insert(*session, topic, key_of(nth, row), std::to_string(row));
    }
  }

  /// A drain that has to give up for now (exit code 75) is repeated, as cron does.
  core::Ending drain(const e2e::Shop& shop, const std::shared_ptr<faults::Script>& script, faults::Listener& listener) {
    auto settings = faults::settings_for(shop);
    settings.drain.until_empty = true;
    settings.claims.batch_rows = 10;
    auto database = faults::database_of(shop);
    database.driver = faults::failing_driver(database.driver, script);
    core::Ending ending;
    for (int tries = 0; tries < 3; ++tries) {
      core::Doorbell doorbell;
      core::Relay relay(
          settings, database,
          [&](bool /*probing*/) { return faults::failing_producer(kafka::make_producer(at_cluster()), script); }, listener,
          doorbell);
      ending = relay.run({});
      using How = core::Ending::How;
      if (ending.how != How::database_outage && ending.how != How::kafka_outage && ending.how != How::rows_left) break;
    }
    return ending;
  }

  void check_messages(std::size_t nth) {
    std::map<std::string, int> last;
    std::set<int> seen;
    while (seen.size() < rows) {
      const auto message = consumer_->next(30s);
      if (!message) break;
      const auto row = std::stoi(message->value.value());
      const auto& key = message->key.value();
      if (!key.starts_with("run" + std::to_string(nth) + "-") || !seen.insert(row).second) continue;  // a duplicate
      if (last.contains(key) && last[key] > row) FAIL_CHECK(key << ": " << row << " came after " << last[key]);
      last[key] = row;
    }
    CHECK(seen.size() == rows);
  }

  e2e::Server server_;
  bool mark_;
  Wrong wrong_;
  kafka::MockCluster cluster_;
  std::unique_ptr<kafka::Consumer> consumer_;
};

}  // namespace

TEST_CASE("whichever operation fails, every row is delivered in order and settled") {
  ON_EVERY_SERVER();
  if (server.name == "mysql" || server.name == "mariadb") return;  // the errors are made above the drivers: two kinds are enough
  const auto wrong = GENERATE(from_range(faults::everything_that_goes_wrong()));
  const bool elsewhere = wrong == Wrong::lost_before || wrong == Wrong::lost_after;  // the rest is the same for the relay
  if (server.name != "sqlite" && !elsewhere) return;
  const bool mark = GENERATE(false, true);
  if (mark && wrong != Wrong::lost_after) return;  // what differs is the settlement
  const auto begin = std::chrono::steady_clock::now();
  const auto runs = Sweep(server, mark, wrong).run();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  std::cout << server.name << (mark ? " mark" : "") << ", " << name_of(wrong) << ": " << runs << " runs, " << took.count() << " ms"
            << std::endl;
  CHECK(runs > 0);
}
