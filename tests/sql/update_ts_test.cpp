// sql/*/update_ts.sql on a table that is there already: what table polling needs of it.
#include "tests/sql/outbox_database.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

using namespace test;

namespace {

#define FOR_EACH_SERVER(server)                        \
  const auto server = GENERATE(from_range(servers())); \
  INFO((server).dialect);                              \
  if ((server).url.empty()) SKIP((server).dialect + " is not there: OUTBOX_RELAY_TEST_* is not set")

/// A database with a table of customers, two of them in it, and then the file.
class Customers {
 public:
  explicit Customers(const Server& server) : dialect_(server.dialect), database_(server, Variant::delete_row) {
    execute("CREATE TABLE customers (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40))");
    execute("INSERT INTO customers (id, name) VALUES (1, 'Ada'), (2, 'Bob')");
    add_column();
  }

  void add_column() { run_script(session(), file_text(dialect_ + "/update_ts.sql")); }
  void execute(const std::string& sql) { run(session(), sql); }
  [[nodiscard]] db::Session& session() { return database_.owner(); }
  [[nodiscard]] std::string time_of(int id) {
    return value(session(), "SELECT update_ts FROM customers WHERE id = " + std::to_string(id));
  }
  [[nodiscard]] bool is_later(int id, const std::string& than) {
    return value(session(),
                 "SELECT count(*) FROM customers WHERE id = " + std::to_string(id) + " AND update_ts > '" + than + "'") == "1";
  }

 private:
  std::string dialect_;
  OutboxDatabase database_;
};

/// Digits after the second's point, without zeros at the end.
std::size_t fraction_digits(const std::string& time) {
  const auto point = time.find('.');
  if (point == std::string::npos) return 0;
  const auto digits = time.substr(point + 1, time.find_first_not_of("0123456789", point + 1) - point - 1);
  return digits.find_last_not_of('0') + 1;
}

struct Explain {
  std::string prefix;
  std::string along_index;
};

Explain explain_of(const std::string& dialect) {
  if (dialect == "postgres") return {"EXPLAIN ", "using customers_update_ts"};
  if (dialect == "mysql") return {"EXPLAIN FORMAT=TREE ", "using customers_update_ts"};
  if (dialect == "mariadb") return {"EXPLAIN FORMAT=JSON ", "\"key\": \"customers_update_ts\""};
  return {"EXPLAIN QUERY PLAN ", "INDEX customers_update_ts"};
}

}  // namespace

TEST_CASE("an insert sets update_ts and an update moves it, with microseconds; rows from before have one too") {
  FOR_EACH_SERVER(server);
  Customers customers(server);
  const auto before = customers.time_of(1);
  CHECK(customers.time_of(2) == before);

  customers.execute("INSERT INTO customers (id, name) VALUES (3, 'Cem')");
  CHECK(customers.is_later(3, before));

  std::size_t digits = 0;
  for (int i = 0; i < 20; ++i) {
    const auto last = customers.time_of(1);
    customers.execute("UPDATE customers SET name = 'Ada " + std::to_string(i) + "' WHERE id = 1");
    CHECK(customers.is_later(1, last));
    digits = std::max(digits, fraction_digits(customers.time_of(1)));
  }
  if (server.dialect != "sqlite") CHECK(digits > 3);
  CHECK(customers.time_of(2) == before);
}

TEST_CASE("a row that changes often in one transaction never has the same time twice") {
  FOR_EACH_SERVER(server);
  if (server.dialect == "mysql" || server.dialect == "mariadb") return;  // there it is the statement's start, in microseconds
  Customers customers(server);
  customers.session().begin();
  for (int i = 0; i < 200; ++i) {
    const auto last = customers.time_of(1);
    customers.execute("UPDATE customers SET name = 'Ada " + std::to_string(i) + "' WHERE id = 1");
    CHECK(customers.is_later(1, last));
  }
  customers.session().commit();
}

TEST_CASE("PostgreSQL: a time that the application brings along does not count, and one from the future still grows") {
  const auto server = servers().front();
  if (server.url.empty()) SKIP("OUTBOX_RELAY_TEST_POSTGRES is not set");
  Customers customers(server);
  const auto before = customers.time_of(1);
  customers.execute("UPDATE customers SET update_ts = '2000-01-01' WHERE id = 1");
  CHECK(customers.is_later(1, before));
  customers.execute("ALTER TABLE customers DISABLE TRIGGER set_update_ts");
  customers.execute("UPDATE customers SET update_ts = '2100-01-01 00:00:00+00' WHERE id = 1");
  customers.execute("ALTER TABLE customers ENABLE TRIGGER set_update_ts");
  customers.execute("UPDATE customers SET name = 'Eve' WHERE id = 1");
  CHECK(customers.time_of(1).starts_with("2100-01-01 00:00:00.000001"));
}

TEST_CASE("the file run a second time changes no row, and where it cannot be, it says so and changes nothing") {
  FOR_EACH_SERVER(server);
  Customers customers(server);
  const auto before = customers.time_of(1);
  if (server.dialect == "postgres" || server.dialect == "mariadb") {
    customers.add_column();
  } else {
    CHECK_THROWS_AS(customers.add_column(), db::DbError);
  }
  CHECK(customers.time_of(1) == before);
}

TEST_CASE("a page of changed rows is read along (update_ts, id), without sorting") {
  FOR_EACH_SERVER(server);
  Customers customers(server);
  for (int i = 1; i < 14; ++i) {
    customers.execute(
        "INSERT INTO customers (id, name) SELECT id + (SELECT m FROM (SELECT max(id) AS m FROM customers) AS t), name FROM "
        "customers");
  }
  const auto explain = explain_of(server.dialect);
  const auto middle = customers.time_of(5000);
  std::string after = "update_ts >= '" + middle + "' AND (update_ts > '" + middle + "' OR id > 5000)";
  if (server.dialect == "postgres") {
    after = "(update_ts, id) > ('" + middle + "', 5000)";
    customers.execute("ANALYZE customers");
  }
  const auto rows = run(customers.session(), explain.prefix + "SELECT id, name, update_ts FROM customers WHERE " + after +
                                                 " ORDER BY update_ts, id LIMIT 100");
  std::string plan;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const auto& cell : rows[i]) plan += std::string(cell.bytes()) + " ";
    plan += "\n";
  }
  INFO(plan);
  CHECK(plan.find(explain.along_index) != std::string::npos);
  for (const auto* word : {"Sort", "filesort", "TEMP B-TREE"}) CHECK(plan.find(word) == std::string::npos);
}
