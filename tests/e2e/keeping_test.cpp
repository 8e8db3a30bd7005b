// Mark mode: what was sent stays in the table, until `prune` deletes it or `replay` sends it again.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <csignal>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

/// A command that needs no Kafka.
std::vector<std::string> on(const e2e::Shop& shop, const std::string& command, const std::vector<std::string>& more) {
  auto words = e2e::relaying(command, shop, more);
  std::erase_if(words, [](const auto& word) { return word.starts_with("--kafka.") || word.starts_with("--http."); });
  return words;
}

/// Rows 1 to `sent` are sent, `unsent` more are not.
void fill(e2e::Shop& shop, int sent, int unsent) {
  const auto session = shop.connect();
  session->begin();
  for (int i = 1; i <= sent + unsent; ++i) shop.insert(*session, "orders", "k" + std::to_string(i % 3), std::to_string(i));
  session->commit();
  shop.execute("UPDATE " + shop.table() + " SET sent_at = created_at WHERE id <= " + std::to_string(sent));
}

}  // namespace

TEST_CASE("prune deletes what was sent long ago, in batches, and never a row that is unsent") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, true);
  fill(shop, 7000, 5);
  const auto kept = e2e::run(on(shop, "prune", {}));
  INFO(kept.output);
  CHECK(kept.code == 0);
  CHECK(kept.output.starts_with("0 rows deleted"));
  const auto counted = e2e::run(on(shop, "prune", {"--keep=0ms", "--dry-run"}));
  CHECK(counted.output.starts_with("7000 rows would be deleted"));
  CHECK(shop.rows() == 7005);
  const auto pruned = e2e::run(on(shop, "prune", {"--keep=0ms"}));
  INFO(pruned.output);
  CHECK(pruned.output.starts_with("7000 rows deleted"));
  CHECK(shop.rows() == 5);
  CHECK(shop.unsent() == 5);
}

TEST_CASE("replay by time without a column of times is refused, with what else there is") {
  e2e::Shop shop(e2e::servers().front(), true);
  const auto ran = e2e::run(on(shop, "replay", {"--since=2020-01-01T00:00:00Z", "--outbox.columns.created-at="}));
  INFO(ran.output);
  CHECK(ran.code == 64);
  CHECK(ran.output.find("name it with outbox.columns.created-at, or choose the rows with --ids or --key") != std::string::npos);
}

TEST_CASE("replay makes rows unsent by id, by time or by key, and a dry run only counts them") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, true);
  fill(shop, 12, 0);
  const auto replay = [&](const std::vector<std::string>& more) {
    auto ran = e2e::run(on(shop, "replay", more));
    INFO(ran.output);
    CHECK(ran.code == 0);
    return std::stoi(ran.output);
  };
  CHECK(replay({"--ids=3-5", "--dry-run"}) == 3);
  CHECK(shop.unsent() == 0);
  CHECK(replay({"--ids=3-5"}) == 3);
  CHECK(replay({"--ids=5"}) == 0);
  CHECK(shop.unsent() == 3);
  CHECK(replay({"--key=k1"}) == 3);  // 1, 4, 7 and 10, of which 4 is unsent already
  CHECK(replay({"--key=K1"}) == 0);
  CHECK(replay({"--until=2020-01-01T00:00:00Z"}) == 0);
  CHECK(replay({"--since=2020-01-01T00:00:00Z", "--until=2100-01-01T00:00:00+01:00"}) == 6);
  CHECK(shop.unsent() == 12);
}

TEST_CASE("replay leaves out what was skipped or parked, and says so") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, true);
  fill(shop, 4, 0);
  for (const auto& [id, state] : {std::pair{"2", "skipped"}, std::pair{"3", "parked"}, std::pair{"4", "blocked"}}) {
    shop.execute("INSERT INTO " + shop.dead_table() +
                 " (id, aggregate_type, aggregate_id, event_type, payload, created_at, dead_state, dead_fault, dead_attempts, "
                 "dead_first_at, dead_last_at) SELECT id, aggregate_type, aggregate_id, event_type, payload, created_at, '" +
                 state + "', 'too large', 1, created_at, created_at FROM " + shop.table() + " WHERE id = " + id);
  }
  const auto counted = e2e::run(on(shop, "replay", {"--ids=1-4", "--dry-run"}));
  INFO(counted.output);
  CHECK(counted.output.starts_with("2 rows would be sent again; 2 rows left out: skipped or parked"));
  const auto replayed = e2e::run(on(shop, "replay", {"--ids=1-4"}));
  INFO(replayed.output);
  CHECK(replayed.code == 0);
  CHECK(replayed.output.starts_with("2 rows will be sent again"));
  CHECK(replayed.output.find("2 rows left out: skipped or parked") != std::string::npos);
  CHECK(shop.unsent() == 2);
}

TEST_CASE("a running relay sends replayed rows again after a poke, in order, however many") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, true);
  const auto topic = fresh_name("again");
  create_topic(e2e::kafka(), topic, 1);
  constexpr int rows = 300;
  const auto session = shop.connect();
  session->begin();
  for (int i = 1; i <= rows; ++i) shop.insert(*session, topic, "key", std::to_string(i));
  session->commit();
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--sweep.interval=1h", "--poll.batch-rows=50"}));
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));
  REQUIRE(e2e::run_beside(shop, on(shop, "replay", {"--ids=1-" + std::to_string(rows)})).code == 0);
  relay.signal(SIGUSR1);
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  INFO(relay.output());
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  const auto messages = consumer.take_rest(30s);
  REQUIRE(messages.size() == static_cast<std::size_t>(2 * rows));
  for (int i = 0; i < 2 * rows; ++i) CHECK(messages[static_cast<std::size_t>(i)].value == std::to_string(i % rows + 1));
}

TEST_CASE("prune and replay are refused where no sent row stays, and replay wants to be told which rows") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  for (const auto& [command, option] : {std::pair{"prune", "--keep=1d"}, std::pair{"replay", "--ids=1-5"}}) {
    const auto ran = e2e::run(on(shop, command, {option}));
    CHECK(ran.code == 64);
    CHECK(ran.output.find("outbox.dispose = mark") != std::string::npos);
  }
  for (const std::vector<std::string>& choice : {std::vector<std::string>{}, {"--ids=1", "--key=k"}}) {
    auto words = on(shop, "replay", choice);
    words.emplace_back("--outbox.dispose=mark");
    std::erase(words, "--outbox.dispose=delete");
    const auto ran = e2e::run(words);
    CHECK(ran.code == 64);
    CHECK(ran.output.find("one of the three") != std::string::npos);
  }
}
