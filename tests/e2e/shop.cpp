#include "tests/e2e/shop.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/port/url.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "db_adapters/soci/driver.hpp"
#include "tests/kafka/topics.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace e2e {
namespace {

constexpr auto sqlite_scheme = "sqlite:";

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::unique_ptr<db::Driver> driver_for(const std::string& scheme) {
  if (scheme == "postgresql") return std::make_unique<db::postgres::PostgresDriver>();
  if (scheme == "mysql") return std::make_unique<db::mysql::MysqlDriver>();
  return db::soci_adapter::sqlite_driver();
}

/// The DDL that users adopt, for a table of another name.
std::vector<std::string> statements(std::string_view ddl, const std::string& table) {
  std::vector<std::string> all;
  std::string statement;
  std::string line;
  std::istringstream lines{std::string(ddl)};
  while (std::getline(lines, line)) {
    if (line.starts_with("--")) continue;
    for (std::size_t at = 0; (at = line.find("outbox", at)) != std::string::npos; at += table.size()) line.replace(at, 6, table);
    statement += line + '\n';
    if (line.ends_with(';')) all.push_back(std::exchange(statement, {}));
  }
  return all;
}

}  // namespace

std::vector<Server> servers() {
  std::vector<Server> all{{"sqlite", sqlite_scheme}};
  for (const auto& [name, url] :
       {Server{"postgres", variable("OUTBOX_RELAY_TEST_POSTGRES")}, Server{"mysql", variable("OUTBOX_RELAY_TEST_MYSQL")},
        Server{"mariadb", variable("OUTBOX_RELAY_TEST_MARIADB")}}) {
    if (!url.empty()) all.push_back({name, url});
    if (url.empty() && variable("CI") == "true") throw std::runtime_error("no " + name + ", and CI must not do without");
  }
  return all;
}

std::string kafka() {
  auto address = variable("OUTBOX_RELAY_TEST_KAFKA");
  if (address.empty()) throw std::runtime_error("OUTBOX_RELAY_TEST_KAFKA is not set: tests/support/servers.sh start kafka");
  return address;
}

Shop::Shop(Server server, bool mark) : server_(std::move(server)), mark_(mark), table_(relay::kafka::tests::fresh_name("shop")) {
  for (auto& c : table_) c = c == '-' || c == '.' ? '_' : c;
  if (server_.url == sqlite_scheme) {
    auto name = (std::filesystem::temp_directory_path() / "outbox-relay-e2e-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    std::ofstream{folder_ / "shop.db"};
    server_.url = sqlite_scheme + (folder_ / "shop.db").string();
  }
  const auto url = db::parse_url(server_.url);
  driver_ = driver_for(url.scheme);
  target_ = url.target;
  target_.tls = db::TlsMode::disable;
  target_.lock_timeout = std::chrono::seconds(20);
  session_ = connect();
  const auto& dialect = driver_->dialect(*session_);
  for (auto& statement : statements(mark ? dialect.outbox_mark_ddl : dialect.outbox_delete_ddl, table_)) execute(statement);
  for (auto& statement : statements(dialect.dead_ddl, table_)) execute(statement);
  create_lease_table(std::string(dialect.lease_ddl));
}

/// One for all shops of a server; each has its row there, named after its outbox.
void Shop::create_lease_table(const std::string& ddl) {
  try {
    for (auto& statement : statements(ddl, "outbox")) execute(statement);
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::duplicate_key) throw;  // PostgreSQL, when another suite makes it at the same moment
  }
}

Shop::~Shop() {
  std::error_code ignored;
  if (!folder_.empty()) {
    std::filesystem::remove_all(folder_, ignored);
    return;
  }
  try {
    const auto session = connect();
    session->run({"test", "DROP TABLE " + table_}, {});
    session->run({"test", "DELETE FROM outbox_relay_lease WHERE name = '" + table_ + "'"}, {});
    session->run({"test", "DROP TABLE IF EXISTS " + dead_table()}, {});
  } catch (const db::DbError& error) {
    std::cerr << "table " << table_ << " is left: " << error.what() << '\n';
  }
}

std::unique_ptr<db::Session> Shop::connect() const {
  return driver_->connect(target_);
}

void Shop::insert(db::Session& session, const std::string& topic, const std::string& key, const std::string& payload) const {
  session.run({"insert", "INSERT INTO " + table_ + " (aggregate_type, aggregate_id, event_type, payload) VALUES ('" + topic +
                             "', '" + key + "', 'Happened', '" + payload + "')"},
              {});
}

std::uint64_t Shop::count(const std::string& where) {
  const auto result = session_->run({"count", "SELECT count(*) FROM " + table_ + where}, {});
  return std::stoull(std::string(result[0][0].bytes()));
}

std::string Shop::dead(const std::string& column, const std::string& where) {
  std::string values;
  const auto result =
      session_->run({"dead", "SELECT " + column + " FROM " + dead_table() + " WHERE " + where + " ORDER BY id"}, {});
  for (std::size_t i = 0; i < result.size(); ++i) values += (i == 0 ? "" : ",") + std::string(result[i][0].bytes());
  return values;
}

std::uint64_t Shop::rows() {
  return count("");
}
std::uint64_t Shop::unsent() {
  return count(mark_ ? " WHERE sent_at IS NULL" : "");
}

}  // namespace e2e
