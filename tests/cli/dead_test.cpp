#include "relay/cli/adapters.hpp"
#include "tests/cli/running.hpp"

#include <nlohmann/json.hpp>

using namespace relay::cli;
using nlohmann::json;

namespace {

/// An SQLite outbox with dead letters, and commands on it; no relay runs. What a relay makes of it: tests/e2e/dead_test.cpp.
class Dead {
 public:
  explicit Dead(std::string dispose = "delete") : dispose_("--outbox.dispose=" + std::move(dispose)) {
    REQUIRE(run_words({"init", folder_.url(), dispose_}).code == ok);
  }

  void execute(const std::string& sql) const { static_cast<void>(run(sql)); }
  [[nodiscard]] std::string value(const std::string& sql) const { return std::string(run(sql)[0][0].bytes()); }

  /// A letter; the row of one that is blocked stands in the outbox too.
  void add(int id, const std::string& state, const std::string& topic, const std::string& key) const {
    const auto row = std::to_string(id) + ", '" + topic + "', '" + key + "', 'Happened', '{}', '2026-01-02T03:04:05.678Z'";
    if (state == "blocked")
      execute("INSERT INTO outbox (id, aggregate_type, aggregate_id, event_type, payload, created_at) VALUES (" + row + ")");
    execute(
        "INSERT INTO outbox_dead (id, aggregate_type, aggregate_id, event_type, payload, created_at, dead_state, dead_topic, "
        "dead_fault, dead_attempts, dead_first_at, dead_last_at) VALUES (" +
        row + ", '" + state + "', '" + topic + "', 'too large', 3, '2026-01-03T00:00:00.000Z', '2026-01-04T00:00:00.000Z')");
  }

  [[nodiscard]] Ran dead(std::vector<std::string> words) const {
    words.insert(words.begin(), "dead");
    words.insert(words.end(), {folder_.url(), dispose_});
    return run_words(words);
  }
  /// `11 blocked, 12 parked`
  [[nodiscard]] std::string states() const {
    const auto rows = run("SELECT id || ' ' || dead_state FROM outbox_dead ORDER BY id");
    std::string all;
    for (std::size_t i = 0; i < rows.size(); ++i) all += (i == 0 ? "" : ", ") + std::string(rows[i][0].bytes());
    return all;
  }
  [[nodiscard]] const Folder& folder() const { return folder_; }
  [[nodiscard]] const std::string& dispose() const { return dispose_; }

 private:
  [[nodiscard]] db::ResultSet run(const std::string& sql) const {
    db::Target target;
    target.database = folder_.database().string();
    return driver_for("sqlite")->connect(target)->run({"test", sql}, {});
  }

  Folder folder_;
  std::string dispose_;
};

/// One letter in each state.
void add_three(const Dead& it) {
  it.add(11, "blocked", "orders", "o-1");
  it.add(12, "parked", "orders", "o-2");
  it.add(13, "skipped", "users", "o-1");
}

}  // namespace

TEST_CASE("dead list shows each row with its state, topic, key, fault and times, and how many there are") {
  const Dead it;
  add_three(it);
  const auto listed = it.dead({"list"});
  INFO(listed.err);
  CHECK(listed.code == ok);
  CHECK(
      has(listed.out, "11  blocked  orders  o-1  3         2026-01-03T00:00:00.000000Z  2026-01-04T00:00:00.000000Z  too large\n"));
  CHECK(has(listed.out, "\n1 blocked, 1 parked, 1 skipped\n"));
  const auto all = json::parse(it.dead({"list", "--json"}).out);
  REQUIRE(all["dead_letters"].size() == 3);
  CHECK(all["dead_letters"][1] == json{{"id", 12},
                                       {"state", "parked"},
                                       {"topic", "orders"},
                                       {"key", "o-2"},
                                       {"fault", "too large"},
                                       {"attempts", 3},
                                       {"first_at", "2026-01-03T00:00:00.000000Z"},
                                       {"last_at", "2026-01-04T00:00:00.000000Z"}});
  CHECK(all["counts"] == json{{"blocked", 1}, {"parked", 1}, {"skipped", 1}});
}

TEST_CASE("dead letters are chosen by id, by a range of ids, by key and by topic, and by more than one of them") {
  const Dead it;
  add_three(it);
  const auto ids = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "list");
    words.emplace_back("--json");
    std::string found;
    const auto listed = json::parse(it.dead(words).out);
    for (const auto& letter : listed["dead_letters"]) found += letter["id"].dump() + " ";
    return found;
  };
  CHECK(ids({"12"}) == "12 ");
  CHECK(ids({"12-40"}) == "12 13 ");
  CHECK(ids({"--ids=1-12"}) == "11 12 ");
  CHECK(ids({"--key=o-1"}) == "11 13 ");
  CHECK(ids({"--topic", "orders"}) == "11 12 ");
  CHECK(ids({"--topic=orders", "--key=o-1"}) == "11 ");
  CHECK(ids({"--key=O-1"}).empty());
}

TEST_CASE("dead list shows every letter, however many there are, and two of one id where they fill a page") {
  const Dead it;
  it.execute(
      "INSERT INTO outbox_dead (id, aggregate_id, dead_state, dead_fault, dead_attempts, dead_first_at, dead_last_at) "
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5003) "
      "SELECT i, 'k', 'parked', 'f', 1, '2026-01-05T00:00:00.000Z', '2026-01-05T00:00:00.000Z' FROM n");
  it.add(5000, "parked", "orders", "again");
  const auto all = json::parse(it.dead({"list", "--json"}).out);
  CHECK(all["dead_letters"].size() == 5004);
  CHECK(all["counts"]["parked"] == 5004);
}

TEST_CASE("dead show prints the whole row, and all of them under one id") {
  const Dead it;
  add_three(it);
  it.execute("UPDATE outbox_dead SET payload = NULL WHERE id = 12");
  const auto shown = it.dead({"show", "12"});
  CHECK(shown.code == ok);
  for (const auto* line :
       {"id: 12\n", "aggregate_type: orders\n", "payload: NULL\n", "dead_state: parked\n", "dead_fault: too large\n"})
    CHECK(has(shown.out, line));
  const auto row = json::parse(it.dead({"show", "11", "--json"}).out)["dead_letters"].at(0);
  CHECK(row["id"] == 11);
  CHECK(row["payload"] == "{}");
  CHECK(row["dead_attempts"] == 3);
}

TEST_CASE("dead retry forgets the record of a blocked row, and brings a parked and a skipped one back under their ids") {
  const Dead it;
  add_three(it);
  const auto retried = it.dead({"retry", "11-13"});
  INFO(retried.err);
  CHECK(retried.code == ok);
  CHECK(has(retried.out, "row 11 (blocked) will be tried again\n"));
  CHECK(has(retried.out, "row 12 (parked) is back in the outbox\n"));
  CHECK(has(retried.out, "POST /poke"));
  CHECK(it.states().empty());
  CHECK(it.value("SELECT group_concat(id || aggregate_id || created_at) FROM (SELECT * FROM outbox ORDER BY id)") ==
        "11o-12026-01-02T03:04:05.678Z,12o-22026-01-02T03:04:05.678Z,13o-12026-01-02T03:04:05.678Z");
}

TEST_CASE("dead retry leaves what somebody skipped, unless it is named by its id") {
  const Dead it;
  add_three(it);
  const auto retried = it.dead({"retry", "--key=o-1"});
  CHECK(retried.code == ok);
  CHECK(has(retried.out, "row 13 (skipped) is left"));
  CHECK(it.states() == "12 parked, 13 skipped");
  CHECK(it.dead({"retry", "13"}).code == ok);
  CHECK(it.states() == "12 parked");
}

TEST_CASE("dead skip moves a blocked row out of the outbox with its history, and lets a parked one rest") {
  const std::string dispose = GENERATE("delete", "mark");
  const Dead it(dispose);
  add_three(it);
  const auto skipped = it.dead({"skip", "11-13"});
  INFO(skipped.err);
  CHECK(skipped.code == ok);
  CHECK(has(skipped.out, "row 11 (blocked) is skipped"));
  CHECK(has(skipped.out, "row 13 (skipped) was skipped before"));
  CHECK(has(skipped.out, "a running relay notices"));
  CHECK(it.states() == "11 skipped, 12 skipped, 13 skipped");
  CHECK(it.value("SELECT dead_fault || dead_attempts || dead_first_at || dead_topic || payload FROM outbox_dead WHERE id = 11") ==
        "too large32026-01-03T00:00:00.000Zorders{}");
  const auto unsent = std::string("SELECT count(*) FROM outbox") + (dispose == "mark" ? " WHERE sent_at IS NULL" : "");
  CHECK(it.value(unsent) == "0");
  CHECK(it.dead({"retry", "11"}).code == ok);
  CHECK(it.value(unsent) == "1");
  CHECK(it.states() == "12 skipped, 13 skipped");
}

TEST_CASE("a blocked row that was sent meanwhile is not skipped, only its record goes") {
  const Dead it;
  add_three(it);
  it.execute("DELETE FROM outbox");
  const auto skipped = it.dead({"skip", "11"});
  CHECK(skipped.code == ok);
  CHECK(has(skipped.out, "row 11 (blocked) does not wait in the outbox any more"));
  CHECK_FALSE(has(skipped.out, "a running relay notices"));  // of nothing
  CHECK(it.states() == "12 parked, 13 skipped");
}

TEST_CASE("a row does not come back over another one with its id") {
  const Dead it;
  add_three(it);
  it.execute("INSERT INTO outbox (id, aggregate_type, aggregate_id, event_type) VALUES (12, 'orders', 'other', 'Happened')");
  const auto retried = it.dead({"retry", "12"});
  CHECK(retried.code == failed);
  CHECK(has(retried.err, "another row with this id"));
  CHECK(it.states() == "11 blocked, 12 parked, 13 skipped");
  CHECK(it.value("SELECT aggregate_id FROM outbox WHERE id = 12") == "other");
}

TEST_CASE("a dry run of dead retry and dead skip says what it would do, and does nothing") {
  const Dead it;
  add_three(it);
  CHECK(has(it.dead({"retry", "--topic=orders", "--dry-run"}).out, "row 12 (parked) would be tried again\n"));
  CHECK(has(it.dead({"skip", "--topic=orders", "--dry-run"}).out, "row 11 (blocked) would be skipped\n"));
  CHECK(it.states() == "11 blocked, 12 parked, 13 skipped");
}

TEST_CASE("dead commands say what they need: which rows, rows that are there, their table") {
  const Dead it;
  add_three(it);
  for (const auto* command : {"show", "retry", "skip"}) {
    const auto unsaid = it.dead({command});
    CHECK(unsaid.code == usage);
    CHECK(has(unsaid.err, "FIRST-LAST, --key or --topic"));
    const auto missing = it.dead({command, "99", "--key=k"});
    CHECK(missing.code == failed);
    CHECK(has(missing.err, "no row with id 99 of key \"k\" in table outbox_dead"));
  }
  it.execute("DROP TABLE outbox_dead");
  const auto none = it.dead({"list"});
  CHECK(none.code == bad_config);
  CHECK(has(none.err, "table outbox_dead not found"));
  CHECK(has(none.err, "outbox-relay init"));
  CHECK(has(none.err, "sql/sqlite/dead.sql"));
}

TEST_CASE("dead alone, or with another word, names its commands; a word that is no id is refused") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"dead"}, {"dead", "lst"}, {"dead", "--json"}, {"help", "dead"}}) {
    const auto ran = run_words(words);
    CHECK(ran.code == usage);
    CHECK(has(ran.err, "dead list, dead show, dead retry, dead skip"));
  }
  CHECK(run_words({"help", "dead", "show"}).out == run_words({"dead", "show", "--help"}).out);
  CHECK(has(run_words({"help", "dead", "show"}).out, "Usage: outbox-relay dead show [ID | FIRST-LAST] [options]"));
  const Dead it;
  const auto refused = it.dead({"show", "all"});
  CHECK(refused.code == usage);
  CHECK(has(refused.err, "allowed: one id like 17, or a range like 17-42"));
}

TEST_CASE("status counts the dead letters by state, says what is blocked and why, and when it cannot know") {
  const Dead it;
  add_three(it);
  const std::vector<std::string> status{"status", it.folder().url()};
  CHECK(has(run_words(status).out, "dead      1 blocked, 1 parked, 1 skipped\n"));
  CHECK(json::parse(run_words({"status", it.folder().url(), "--json"}).out)["dead_letters"]["parked"] == 1);
  const auto blocked = json::parse(run_words({"status", it.folder().url(), "--json"}).out)["blocked"];
  REQUIRE(blocked.size() == 1);
  const auto& first = blocked[0];
  CHECK(first["state"] == "blocked");
  CHECK(has(run_words(status).out, "blocked   topic " + first["topic"].get<std::string>() + ", key " +
                                       first["key"].get<std::string>() + ": row " + std::to_string(first["id"].get<int>()) + ", " +
                                       first["fault"].get<std::string>() + "\n"));
  it.execute("DROP TABLE outbox_dead");
  CHECK(has(run_words(status).out, "dead      not known: there is no table outbox_dead\n"));
  CHECK(json::parse(run_words({"status", it.folder().url(), "--json"}).out)["dead_letters"].is_null());
}
