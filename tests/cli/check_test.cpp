#include "relay/cli/adapters.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/cli/running.hpp"

using namespace relay::cli;

namespace {

struct SetUp {
  Folder folder;
  relay::kafka::MockCluster cluster;

  [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"check", folder.url(), "--kafka.bootstrap.servers=" + cluster.bootstrap_servers()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void execute(const std::string& sql) const {
    db::Target target;
    target.database = folder.database().string();
    driver_for("sqlite")->connect(target)->run({"test", sql}, {});
  }
  void init() const { REQUIRE(run_words({"init", folder.url()}).code == ok); }
};

}  // namespace

TEST_CASE("check finds nothing wrong with a set-up that works, and changes nothing") {
  SetUp set_up;
  set_up.init();
  set_up.cluster.create_topic("orders", 3);
  set_up.execute("INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES ('orders', 'o-1', 'Placed', '{}')");
  const auto ran = run_words(set_up.words());
  INFO(ran.out << ran.err);
  CHECK(ran.code == ok);
  CHECK(has(ran.out, "ok       database: SQLite"));
  CHECK(has(ran.out, "ok       settle: may delete"));
  CHECK(has(ran.out, "ok       lease: may be taken"));
  CHECK(has(ran.out, "ok       kafka: 1 broker"));
  CHECK(has(ran.out, "ok       topic orders: exists"));
  CHECK_FALSE(has(ran.out, "failed"));
  CHECK(has(run_words({"status", set_up.folder.url()}).out, "pending   1\n"));
}

TEST_CASE("check names a missing table and a missing column with the cure") {
  SetUp set_up;
  const auto missing = run_words(set_up.words());
  CHECK(missing.code == bad_config);
  CHECK(has(missing.out, "failed   table: table outbox not found"));
  set_up.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)");
  const auto column = run_words(set_up.words());
  CHECK(column.code == bad_config);
  CHECK(has(column.out, "Columns there: id, body"));
}

TEST_CASE("check refuses delete mode for a table that keeps what was sent") {
  SetUp set_up;
  REQUIRE(run_words({"init", set_up.folder.url(), "--outbox.dispose=mark"}).code == ok);
  const auto ran = run_words(set_up.words());
  CHECK(ran.code == bad_config);
  CHECK(has(ran.out, "failed   table: table outbox has the column \"sent_at\""));
  CHECK(run_words(set_up.words({"--outbox.dispose=mark"})).code == ok);
}

TEST_CASE("check warns of a mark table without the index that keeps the unsent rows together") {
  SetUp set_up;
  REQUIRE(run_words({"init", set_up.folder.url(), "--outbox.dispose=mark"}).code == ok);
  const auto words = set_up.words({"--outbox.dispose=mark"});
  CHECK(has(run_words(words).out, "ok       unsent index: outbox_unsent serves the claim"));
  set_up.execute("DROP INDEX outbox_unsent");
  const auto without = run_words(words);
  CHECK(without.code == ok);
  CHECK(has(without.out, "warning  unsent index: none of the unsent rows: a claim reads over all that was sent"));
}

TEST_CASE("check looks at the table of the dead letters: parking needs it, blocking is only poorer without it") {
  SetUp set_up;
  set_up.init();
  for (const std::string policy : {"block", "park"}) {
    const auto ran = run_words(set_up.words({"--outbox.on-bad-row=" + policy}));
    CHECK(ran.code == ok);
    CHECK(has(ran.out, "ok       dead letters: outbox_dead takes what cannot be sent"));
  }
  set_up.execute("DROP TABLE outbox_dead");
  const auto blocks = run_words(set_up.words());
  CHECK(blocks.code == ok);
  CHECK(has(blocks.out, "warning  dead letters: `dead list` cannot show what is blocked: table outbox_dead not found; create it"));
  const auto parks = run_words(set_up.words({"--outbox.on-bad-row=park"}));
  CHECK(parks.code == bad_config);
  CHECK(has(parks.out, "failed   dead letters: table outbox_dead not found"));
}

TEST_CASE("check says who holds the lease, that its table is missing, or that it is off, and leaves no row behind") {
  SetUp set_up;
  set_up.init();
  set_up.execute("INSERT INTO outbox_relay_lease VALUES ('outbox-relay', 'host/1/a', 7, '9999-01-01T00:00:00.000Z')");
  CHECK(has(run_words(set_up.words()).out, "ok       lease: held by host/1/a, token 7"));
  CHECK(has(run_words(set_up.words({"--lease.name=other"})).out, "ok       lease: may be taken"));
  CHECK(has(run_words({"status", set_up.folder.url(), "--lease.name=check of other"}).out, "pending"));
  CHECK_FALSE(has(run_words({"status", set_up.folder.url(), "--lease.name=check of other"}).out, "lease"));
  set_up.execute("DROP TABLE outbox_relay_lease");
  const auto missing = run_words(set_up.words());
  CHECK(missing.code == bad_config);
  CHECK(has(missing.out, "failed   lease: table outbox_relay_lease not found"));
  const auto off = run_words(set_up.words({"--lease.enabled=false"}));
  CHECK(off.code == ok);
  CHECK(has(off.out, "ok       lease: off"));
}

TEST_CASE("check warns of a table whose ids come back") {
  SetUp set_up;
  set_up.execute(
      "CREATE TABLE outbox (id INTEGER PRIMARY KEY, aggregate_type TEXT NOT NULL, aggregate_id TEXT NOT NULL, event_type TEXT NOT "
      "NULL, "
      "payload TEXT, created_at TEXT)");
  const auto ran = run_words(set_up.words({"--lease.enabled=false"}));
  CHECK(ran.code == ok);
  CHECK(has(ran.out, "warning  gap proof: the table has no AUTOINCREMENT"));
}

TEST_CASE("check tells a cluster that is down from a topic that is missing") {
  SetUp set_up;
  set_up.init();
  constexpr std::int16_t unknown_topic = 3;
  set_up.cluster.answer_metadata_with("nowhere", unknown_topic);
  const auto missing = run_words(set_up.words({"--message.topic=nowhere"}));
  INFO(missing.out);
  CHECK(missing.code == bad_config);
  CHECK(has(missing.out, "failed   topic nowhere: "));
  const auto down = run_words({"check", set_up.folder.url(), "--kafka.bootstrap.servers=127.0.0.1:1"});
  CHECK(down.code == try_again);
  CHECK(has(down.out, "failed   kafka: 127.0.0.1:1"));
}

TEST_CASE("check says of a template without rows that its topics are not known yet") {
  SetUp set_up;
  set_up.init();
  const auto ran = run_words(set_up.words());
  CHECK(ran.code == ok);
  CHECK(has(ran.out, "topics: {aggregate_type} is a template"));
}
