// Debezium's JDBC sink on Kafka Connect writes what the relay sends into PostgreSQL and MySQL, with the files of deploy/examples as
// they are.
#include "relay/kafka/consumer.hpp"
#include "tests/architecture/shell.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/sinks/invoices.hpp"
#include "tests/sinks/orders.hpp"
#include "tests/sinks/pipeline.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

using namespace sinks;
using namespace std::chrono_literals;

namespace {

/// What stays different, for a message; empty when the table holds exactly these rows.
std::string difference(const std::vector<std::string>& wanted, const std::vector<std::string>& got) {
  std::string text;
  const std::multiset<std::string> all_wanted(wanted.begin(), wanted.end());
  const std::multiset<std::string> all_got(got.begin(), got.end());
  for (const auto& row : all_wanted) {
    if (!all_got.contains(row)) text += "missing " + row + "\n";
  }
  for (const auto& row : all_got) {
    if (!all_wanted.contains(row)) text += "foreign " + row + "\n";
  }
  if (text.empty() && wanted.size() != got.size()) text = std::to_string(got.size()) + " rows";
  return text.substr(0, 4000);
}

using Reading = std::vector<std::string> (*)(Database&, const std::string&);

std::vector<std::string> read_so_far(Database& warehouse, const std::string& table, Reading reading) {
  try {
    return reading(warehouse, table);
  } catch (const db::DbError&) {
    return {};  // the sink has not made it yet
  }
}

/// Waits until the sink's table holds exactly these rows.
void check_equal(Database& warehouse, const std::string& table, const std::vector<std::string>& wanted, Reading reading = stored) {
  std::string different;
  const bool equal = e2e::eventually(
      [&] {
        different = difference(wanted, read_so_far(warehouse, table, reading));
        return different.empty() || !Pipeline::failure().empty();
      },
      60s);
  INFO(table << (warehouse.is_mysql() ? " in MySQL: " : " in PostgreSQL: ") << different << Pipeline::failure());
  CHECK(equal);
  CHECK(different.empty());
}

/// `column | type`, by column.
std::map<std::string, std::string> types(Database& database, const std::string& table) {
  const auto sql = database.is_mysql()
                       ? "SELECT CONCAT(column_name, ' | ', column_type) FROM information_schema.columns WHERE table_schema = "
                         "DATABASE() AND table_name = '" +
                             table + "'"
                       : "SELECT attname || ' | ' || format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '" +
                             table + "'::regclass AND attnum > 0 AND NOT attisdropped";
  std::map<std::string, std::string> found;
  for (const auto& row : database.rows(sql)) found[row.substr(0, row.find(' '))] = row.substr(row.find('|') + 2);
  return found;
}

/// The README has a line for each: a source's type, and the types that the sinks give it in tables which they make.
void check_documented_types(Database& shop, const std::string& table) {
  auto& pipeline = Pipeline::instance();
  const auto readme = example("README.md");
  const auto in_postgres = types(pipeline.postgres(), table);
  const auto in_mysql = types(pipeline.mysql(), table);
  for (const auto& [column, type] : types(shop, "sent")) {
    if (!in_postgres.contains(column)) continue;  // headers
    const auto line = "| `" + type + "` | `" + in_postgres.at(column) + "` | `" + in_mysql.at(column) + "` |\n";
    INFO(line);
    CHECK(readme.find(line) != std::string::npos);
  }
}

nlohmann::json document_of(const std::string& value) {
  const architecture::TemporaryFolder folder;
  const auto file = folder.write("value", value + "\n");
  const auto [code, output] = architecture::shell(environment("OUTBOX_RELAY_TEST_SERVERS") + " document " + test::source_folder +
                                                  "/deploy/examples/elasticsearch-sink.json < " + file);
  INFO(output);
  REQUIRE(code == 0);
  return nlohmann::json::parse(output);
}

}  // namespace

TEST_CASE(
    "orders from PostgreSQL are equal in PostgreSQL and MySQL behind the sinks, to the microsecond; one that is gone is gone "
    "there") {
  if (const auto missing = Pipeline::missing(); !missing.empty()) SKIP(missing + " is not set");
  auto& pipeline = Pipeline::instance();
  auto& shop = pipeline.shop_on_postgres();
  write_orders(shop, "orders");
  write_orders(shop, "refunds");
  pipeline.relay(shop);
  for (const std::string kind : {"orders", "refunds"}) {  // the table of the one is there already, the other's is made by the sink
    const auto wanted = last_states(shop, "sent", kind);
    REQUIRE(wanted.size() == 204);
    check_equal(pipeline.postgres(), "shop_" + kind, wanted);
    check_equal(pipeline.mysql(), "shop_" + kind, wanted);
  }
  check_documented_types(shop, "shop_refunds");
}

TEST_CASE("orders from MySQL are equal in tables that the sinks make in PostgreSQL and MySQL") {
  if (const auto missing = Pipeline::missing(); !missing.empty()) SKIP(missing + " is not set");
  auto& pipeline = Pipeline::instance();
  auto& shop = pipeline.shop_on_mysql();
  write_orders(shop, "returns");
  pipeline.relay(shop);
  const auto wanted = last_states(shop, "sent", "returns");
  REQUIRE(wanted.size() == 204);
  check_equal(pipeline.postgres(), "shop_returns", wanted);
  check_equal(pipeline.mysql(), "shop_returns", wanted);
  check_documented_types(shop, "shop_returns");
}

TEST_CASE(
    "a polled table is equal in PostgreSQL and MySQL behind the sinks, and equal again after rows changed; a row marked as deleted "
    "is deleted") {
  if (const auto missing = Pipeline::missing(); !missing.empty()) SKIP(missing + " is not set");
  auto& pipeline = Pipeline::instance();
  const bool from_mysql = GENERATE(false, true);
  auto& shop = from_mysql ? pipeline.shop_on_mysql() : pipeline.shop_on_postgres();
  auto& same_kind = from_mysql ? pipeline.mysql() : pipeline.postgres();
  auto& other_kind = from_mysql ? pipeline.postgres() : pipeline.mysql();
  const std::string table = from_mysql ? "receipts" : "invoices";
  make_invoices(shop, table);
  Pipeline::poll(shop, table);
  check_equal(same_kind, "shop_" + table, invoices_with_own_types(shop, table), invoices_with_own_types);
  check_equal(other_kind, "shop_" + table, invoices(shop, table), invoices);

  change_invoices(shop, table);
  Pipeline::poll(shop, table);
  REQUIRE(invoices(shop, table).size() == 208);
  check_equal(same_kind, "shop_" + table, invoices_with_own_types(shop, table), invoices_with_own_types);
  check_equal(other_kind, "shop_" + table, invoices(shop, table), invoices);
}

TEST_CASE("an Elasticsearch sink makes of an order one flat document") {
  if (const auto missing = Pipeline::missing(); !missing.empty()) SKIP(missing + " is not set");
  (void)Pipeline::instance();
  relay::kafka::Consumer consumer({{"bootstrap.servers", environment("OUTBOX_RELAY_TEST_KAFKA")}}, {"shop.orders"});
  const auto messages = consumer.take(207, 60s);
  const auto changed = std::find_if(messages.begin(), messages.end(), [](const auto& message) {
    return message.key == "o-1" && message.value && message.value->find("Changed") != std::string::npos;
  });
  REQUIRE(changed != messages.end());
  auto document = document_of(*changed->value);
  const auto created_at = document["created_at"].get<std::string>();
  CHECK(created_at.size() == std::string_view("2026-01-02T03:04:05.678901Z").size());
  CHECK(created_at.ends_with('Z'));
  document.erase("created_at");
  CHECK(document == nlohmann::json::parse(R"({
    "id": 2, "aggregate_id": "o-1", "aggregate_type": "orders", "event_type": "Changed", "quantity": 2147483647, "total": 9999999999.99,
    "weight": 0.30000000000000004, "paid": true, "due_on": 19782, "due_at": 45296123456, "placed_at": 1709210096123456,
    "shipped_at": "2024-02-29T12:34:56.123456Z", "customer": "11111111-2222-3333-4444-555555555555", "attributes": "{\"k\": [1, 2]}",
    "document": "AAH/", "note": "héllo 😀 \"x\"\n\\", "payload": "{\"total\":1.50}"})"));
}
