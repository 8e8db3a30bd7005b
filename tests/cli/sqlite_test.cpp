#include "relay/cli/adapters.hpp"
#include "tests/cli/running.hpp"

#include <nlohmann/json.hpp>

using namespace relay::cli;

namespace {

void execute(const Folder& folder, const std::string& sql) {
  db::Target target;
  target.database = folder.database().string();
  driver_for("sqlite")->connect(target)->run({"test", sql}, {});
}

}  // namespace

TEST_CASE("init creates the table once and afterwards only says that it fits") {
  const Folder folder;
  const auto first = run_words({"init", folder.url()});
  INFO(first.err);
  CHECK(first.code == ok);
  CHECK(has(first.out, "table outbox created"));
  execute(folder,
          "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES ('orders', 'o-1', 'Placed', '{}')");
  const auto second = run_words({"init", folder.url()});
  CHECK(second.code == ok);
  CHECK(has(second.out, "nothing was changed"));
  CHECK(has(run_words({"status", folder.url()}).out, "pending   1\n"));
}

TEST_CASE("init --print prints the DDL and creates nothing") {
  const Folder folder;
  const auto printed = run_words({"init", folder.url(), "--print", "--outbox.table=orders", "--outbox.dispose=mark"});
  CHECK(printed.code == ok);
  CHECK(has(printed.out, "CREATE TABLE IF NOT EXISTS \"orders\""));
  CHECK(has(printed.out, "sent_at"));
  CHECK(run_words({"status", folder.url(), "--outbox.table=orders"}).code == bad_config);
}

TEST_CASE("init makes no table for columns that it has no DDL for, and says which option names them") {
  const Folder folder;
  for (const std::string option : {"outbox.preset=debezium", "outbox.columns.payload=body"}) {
    const auto refused = run_words({"init", folder.url(), "--" + option});
    INFO(refused.err);
    CHECK(refused.code == usage);
    CHECK(has(refused.err, option.substr(0, option.find('='))));
    CHECK(has(refused.err, "copy the DDL from sql/"));
  }
  CHECK(run_words({"status", folder.url()}).code == bad_config);
}

TEST_CASE("init makes the database file where there is none, and --print makes and needs none") {
  const Folder folder;
  std::filesystem::remove(folder.database());
  const auto printed = run_words({"init", folder.url(), "--print"});
  INFO(printed.err);
  CHECK(printed.code == ok);
  CHECK(has(printed.out, "CREATE TABLE IF NOT EXISTS outbox ("));
  CHECK_FALSE(std::filesystem::exists(folder.database()));
  CHECK(has(run_words({"status", folder.url()}).err, "no SQLite file"));
  const auto made = run_words({"init", folder.url()});
  INFO(made.err);
  CHECK(made.code == ok);
  CHECK(has(made.out, "table outbox created"));
  CHECK(run_words({"status", folder.url()}).code == ok);
}

TEST_CASE("init says why it cannot make the database file") {
  const Folder folder;
  const auto refused = run_words({"init", "--source.url=sqlite:" + (folder.database().parent_path() / "no" / "shop.db").string()});
  CHECK(refused.code == bad_config);
  CHECK(has(refused.err, "cannot be made: No such file or directory"));
}

TEST_CASE("init tells nobody to grant rights in a database that has no roles") {
  const Folder folder;
  CHECK_FALSE(has(run_words({"init", folder.url()}).out, "grants.sql"));
}

TEST_CASE("a table of the mark variant is refused in delete mode, with both ways out") {
  const Folder folder;
  REQUIRE(run_words({"init", folder.url(), "--outbox.dispose=mark"}).code == ok);
  for (const auto* command : {"init", "status"}) {
    const auto refused = run_words({command, folder.url()});
    INFO(refused.err);
    CHECK(refused.code == bad_config);
    CHECK(has(refused.err, "table outbox has the column \"sent_at\""));
    CHECK(has(refused.err, "outbox.dispose = mark"));
    CHECK(has(refused.err, "outbox.columns.sent-at"));
  }
  CHECK(run_words({"status", folder.url(), "--outbox.columns.sent-at=relayed_at"}).code == ok);
}

TEST_CASE("init makes the lease's table beside the outbox, unless the lease is off") {
  const Folder without;
  const auto off = run_words({"init", without.url(), "--lease.enabled=false"});
  CHECK(off.code == ok);
  CHECK_FALSE(has(off.out, "outbox_relay_lease"));
  CHECK(has(run_words({"status", without.url()}).err, "table outbox_relay_lease not found"));

  CHECK(has(run_words({"init", without.url()}).out, "table outbox_relay_lease created"));
  CHECK(has(run_words({"init", without.url(), "--print"}).out, "CREATE TABLE IF NOT EXISTS outbox_relay_lease ("));
  CHECK(has(run_words({"init", without.url(), "--print", "--outbox.table=main.orders"}).out,
            "CREATE TABLE IF NOT EXISTS \"main\".\"outbox_relay_lease\" ("));
  CHECK_FALSE(has(run_words({"init", without.url(), "--print", "--lease.enabled=false"}).out, "outbox_relay_lease"));
}

TEST_CASE("status tells who holds the lease, and for how long") {
  const Folder folder;
  REQUIRE(run_words({"init", folder.url()}).code == ok);
  CHECK(nlohmann::json::parse(run_words({"status", folder.url(), "--json"}).out)["lease_holder"].is_null());
  execute(folder, "INSERT INTO outbox_relay_lease VALUES ('outbox-relay', 'host/1/a', 7, '9999-01-01T00:00:00.000Z')");
  const auto held = nlohmann::json::parse(run_words({"status", folder.url(), "--json"}).out);
  CHECK(held["lease_holder"] == "host/1/a");
  CHECK(held["lease_token"] == 7);
  CHECK(held["lease_seconds_left"].get<double>() > 1e9);
  CHECK(has(run_words({"status", folder.url()}).out, "lease     held by host/1/a, token 7, "));
  execute(folder, "UPDATE outbox_relay_lease SET expires_at = '2020-01-01T00:00:00.000Z'");
  CHECK(has(run_words({"status", folder.url()}).out, "lease     held by nobody, token 7\n"));
}

TEST_CASE("two outboxes of other names live in one database, each with its index") {
  const Folder folder;
  for (const auto* table : {"--outbox.table=orders", "--outbox.table=users"}) {
    CHECK(run_words({"init", folder.url(), table, "--outbox.dispose=mark"}).code == ok);
  }
  db::Target target;
  target.database = folder.database().string();
  const auto session = driver_for("sqlite")->connect(target);
  CHECK(session->run({"test", "SELECT name FROM sqlite_master WHERE name IN ('orders_unsent', 'users_unsent')"}, {}).size() == 2);
}

TEST_CASE("init refuses column names that its DDL does not have") {
  const Folder folder;
  const auto refused = run_words({"init", folder.url(), "--outbox.columns.payload=body"});
  CHECK(refused.code == usage);
  CHECK(has(refused.err, "outbox.columns.payload (command line)"));
  CHECK(has(refused.err, "sql/"));
  CHECK(run_words({"init", folder.url(), "--outbox.columns.payload=payload"}).code == ok);
}

TEST_CASE("init says what does not fit in a table that is there, and leaves it alone") {
  const Folder folder;
  execute(folder, "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT)");
  const auto refused = run_words({"init", folder.url()});
  CHECK(refused.code == bad_config);
  CHECK(has(refused.err, "Columns there: id, body"));
  execute(folder, "INSERT INTO outbox (body) VALUES ('still here')");
}

TEST_CASE("status counts unsent rows and tells the age of the oldest") {
  const Folder folder;
  REQUIRE(run_words({"init", folder.url(), "--outbox.dispose=mark"}).code == ok);
  const std::vector<std::string> status{"status", folder.url(), "--outbox.dispose=mark", "--json"};
  const auto empty = nlohmann::json::parse(run_words(status).out);
  CHECK(empty["pending"] == 0);
  CHECK(empty["oldest_age_seconds"].is_null());
  execute(folder,
          "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, created_at, sent_at) VALUES "
          "('orders', 'o-1', 'Placed', '2020-01-01T00:00:00Z', '2020-01-01T00:00:01Z'), "
          "('orders', 'o-1', 'Paid', '2021-01-01T00:00:00Z', NULL), ('orders', 'o-1', 'Sent', '2022-01-01T00:00:00Z', NULL)");
  const auto full = nlohmann::json::parse(run_words(status).out);
  CHECK(full["pending"] == 2);
  CHECK(full["oldest_created_at"] == "2021-01-01T00:00:00.000000Z");
  CHECK(full["oldest_age_seconds"].get<double>() > 1e8);
  CHECK(has(full["database"].get<std::string>(), "SQLite"));
}
