// `dead retry` and `dead skip` beside a relay that runs: what was done reaches it, in order, and nothing is lost. What the commands
// themselves do: tests/cli/dead_test.cpp.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/sql/outbox_database.hpp"

#include <csignal>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

/// Over kafka.message.max.bytes.
const std::string large(2000, 'x');

/// One key of one topic: row 1 is too large, row 2 waits behind it, or comes after it. The relay sweeps only when it is told to; it
/// may still look sooner, over a connection that it had to make anew or because a blocked row is probed now and then, so nothing
/// may be asserted of the time between a retry and the poke.
struct Stopped {
  Stopped(const e2e::Server& server, bool mark, const std::string& policy)
      : shop(server, mark), topic(fresh_name("dead")), session(shop.connect()) {
    create_topic(e2e::kafka(), topic, 1);
    shop.insert(*session, topic, "k", large);
    shop.insert(*session, topic, "k", "two");
    relay.emplace(e2e::relaying(
        "run", shop,
        {"--outbox.on-bad-row=" + policy, "--kafka.message.max.bytes=1000", "--kafka.batch.size=1000", "--sweep.interval=1h"}));
  }

  [[nodiscard]] e2e::Ran dead(std::vector<std::string> words) const {
    auto options = e2e::relaying("dead", shop);
    words.insert(words.begin(), "dead");
    words.insert(words.end(), options.begin() + 1, options.end());
    std::erase_if(words, [](const auto& word) { return word.starts_with("--kafka.") || word.starts_with("--http."); });
    return e2e::run_beside(shop, words);
  }

  /// What somebody does about it: the row itself, or its copy among the dead letters (mark: the row stays in the outbox).
  void mend(const std::string& table) { shop.execute("UPDATE " + table + " SET payload = 'one' WHERE id = 1"); }
  void poke() const { relay->signal(SIGUSR1); }
  [[nodiscard]] bool settled() {
    return e2e::eventually([&] { return shop.unsent() == 0; });
  }
  /// Exactly these values, in this order.
  void check_received(const std::vector<std::string>& wanted) const {
    relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
    std::vector<std::string> values;
    for (const auto& message : consumer.take(wanted.size(), 20s)) values.push_back(message.value.value_or("NULL"));
    CHECK(values == wanted);
  }

  e2e::Shop shop;
  std::string topic;
  std::unique_ptr<db::Session> session;
  std::optional<e2e::RelayProcess> relay;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("a blocked row that is skipped lets its key go on, and comes back when it is mended and retried") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  Stopped it(server, mark, "block");
  REQUIRE(e2e::eventually([&] { return it.shop.dead("id", "dead_state = 'blocked'") == "1"; }));
  CHECK(it.shop.unsent() == 2);
  const auto skipped = it.dead({"skip", "1"});
  INFO(skipped.output);
  CHECK(skipped.code == 0);
  CHECK(it.shop.dead("id", "dead_state = 'skipped'") == "1");
  it.poke();
  CHECK(it.settled());

  it.mend(mark ? it.shop.table() : it.shop.dead_table());
  const auto retried = it.dead({"retry", "1"});
  INFO(retried.output);
  CHECK(retried.code == 0);
  CHECK(it.shop.dead("id").empty());
  it.poke();
  CHECK(it.settled());
  it.shop.insert(*it.session, it.topic, "k", "three");
  CHECK(it.settled());
  INFO(it.relay->output());
  it.check_received({"two", "one", "three"});
}

TEST_CASE("a blocked row that is mended and retried goes before those that waited behind it") {
  ON_EVERY_SERVER();
  bool was_there = false;  // the letter: a relay whose next probe comes before the retry sends the row and forgets it
  for (int attempts = 1; !was_there && attempts <= 4; ++attempts) {  // the time to the next probe grows with every one
    Stopped it(server, false, "block");
    const auto failed = "dead_state = 'blocked' AND dead_attempts >= " + std::to_string(attempts);
    REQUIRE(e2e::eventually([&] { return it.shop.dead("id", failed) == "1"; }, 60s));
    it.mend(it.shop.table());
    const auto retried = it.dead({"retry", "--topic=" + it.topic});
    INFO(retried.output);
    was_there = retried.output.find("there is no row of topic ") == std::string::npos;
    if (was_there) CHECK(retried.code == 0);
    it.poke();
    CHECK(it.settled());
    CHECK(e2e::eventually([&] { return it.shop.dead("id").empty(); }));
    INFO(it.relay->output());
    it.check_received({"one", "two"});
  }
  CHECK(was_there);
}

TEST_CASE("the record of a blocked row that is retried and not mended comes back, and its key still waits") {
  ON_EVERY_SERVER();
  Stopped it(server, false, "block");
  REQUIRE(e2e::eventually([&] { return it.shop.dead("id", "dead_state = 'blocked'") == "1"; }));
  REQUIRE(it.dead({"retry", "--key=k"}).code == 0);
  it.poke();
  CHECK(e2e::eventually([&] { return it.shop.dead("id", "dead_state = 'blocked'") == "1"; }));
  CHECK(it.shop.unsent() == 2);
}

TEST_CASE("a parked row that is retried is parked again, and sent once it is mended") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  Stopped it(server, mark, "park");
  REQUIRE(e2e::eventually([&] { return it.shop.dead("id", "dead_state = 'parked'") == "1" && it.shop.unsent() == 0; }));
  REQUIRE(it.dead({"retry", "--key=k"}).code == 0);
  it.poke();
  CHECK(e2e::eventually([&] { return count(it.relay->output(), "row 1 is parked among") == 2; }));
  CHECK(it.shop.dead("id", "dead_state = 'parked'") == "1");

  it.mend(mark ? it.shop.table() : it.shop.dead_table());
  const auto retried = it.dead({"retry", "1"});
  INFO(retried.output);
  CHECK(retried.code == 0);
  it.poke();
  CHECK(it.settled());
  it.shop.insert(*it.session, it.topic, "k", "three");
  CHECK(it.settled());
  INFO(it.relay->output());
  it.check_received({"two", "one", "three"});
  CHECK(it.shop.dead("id").empty());
}

TEST_CASE("with the relay's own rights dead letters are listed, shown and skipped; to bring one back takes the owner") {
  const auto server = GENERATE(from_range(test::servers()));
  const auto variant = GENERATE(test::Variant::delete_row, test::Variant::mark);
  const bool mark = variant == test::Variant::mark;
  INFO(server.dialect << (mark ? ", mark" : ", delete"));
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  test::OutboxDatabase outbox(server, variant);
  test::insert_order(outbox.owner());
  test::run(outbox.owner(),
            "INSERT INTO outbox_dead (id, aggregate_type, aggregate_id, event_type, payload, created_at, dead_state, dead_fault, "
            "dead_attempts, dead_first_at, dead_last_at) SELECT id, aggregate_type, aggregate_id, event_type, payload, created_at, "
            "'blocked', 'too large', 1, created_at, created_at FROM outbox");
  const auto dead = [&](const std::string& command, const std::string& url, const std::vector<std::string>& more) {
    std::vector<std::string> words{"dead", command, "--source.url=" + url,
                                   std::string("--outbox.dispose=") + (mark ? "mark" : "delete")};
    words.insert(words.end(), more.begin(), more.end());
    return e2e::run(words);
  };
  for (const auto* command : {"list", "show", "skip"}) {
    const auto ran = dead(command, outbox.relay_url(), {"--key=o-1"});
    INFO(ran.output);
    CHECK(ran.code == 0);
  }
  const std::string unsent = std::string("SELECT count(*) FROM outbox") + (mark ? " WHERE sent_at IS NULL" : "");
  CHECK(test::value(outbox.owner(), unsent) == "0");
  const auto retried = dead("retry", outbox.relay_url(), {"--ids=1"});
  INFO(retried.output);
  if (mark || !outbox.has_roles()) {  // the row is still there and only counts as unsent again
    CHECK(retried.code == 0);
  } else {
    CHECK(retried.code == 78);
    CHECK(retried.output.find("needs INSERT on table outbox") != std::string::npos);
    CHECK(test::value(outbox.owner(), "SELECT dead_state FROM outbox_dead") == "skipped");
    const auto by_owner = dead("retry", outbox.owner_url(), {"--ids=1"});
    INFO(by_owner.output);
    CHECK(by_owner.code == 0);
  }
  CHECK(test::value(outbox.owner(), unsent) == "1");
  CHECK(test::value(outbox.owner(), "SELECT id FROM outbox") == "1");
  CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox_dead") == "0");
}

TEST_CASE("a drain after a bad row was mended forgets its dead letter") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  e2e::Shop shop(server, mark);
  const auto topic = fresh_name("dead");
  create_topic(e2e::kafka(), topic, 1);
  const auto session = shop.connect();
  shop.insert(*session, topic, "k", large);
  const auto drain = [&] {
    return e2e::run(e2e::relaying("drain", shop, {"--kafka.message.max.bytes=1000", "--kafka.batch.size=1000"}));
  };
  const auto blocked = drain();
  INFO(blocked.output);
  CHECK(blocked.code == 75);
  CHECK(blocked.output.find("rows wait: key \"k\" of topic \"" + topic + "\": ") != std::string::npos);
  CHECK(shop.dead("id", "dead_state = 'blocked'") == "1");
  shop.execute("UPDATE " + shop.table() + " SET payload = 'one' WHERE id = 1");
  const auto ran = drain();
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(shop.unsent() == 0);
  CHECK(shop.dead("id", "dead_state = 'blocked'").empty());
}
