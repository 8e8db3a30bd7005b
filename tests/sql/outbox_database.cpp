#include "tests/sql/outbox_database.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/port/url.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "db_adapters/soci/driver.hpp"
#include "sql/queries.hpp"
#include "tests/support/paths.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace test {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::unique_ptr<db::Driver> driver_for(std::string_view dialect) {
  if (dialect == "postgres") return std::make_unique<db::postgres::PostgresDriver>();
  if (dialect == "sqlite") return db::soci_adapter::sqlite_driver();
  return std::make_unique<db::mysql::MysqlDriver>();
}

/// Short enough for a role's name anywhere, and not the one of another run on the same server.
std::string unique_name() {
  static int count = 0;
  return "sql" + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

std::size_t count_of(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

}  // namespace

std::vector<Server> servers() {
  return {{"postgres", environment("OUTBOX_RELAY_TEST_POSTGRES")},
          {"mysql", environment("OUTBOX_RELAY_TEST_MYSQL")},
          {"mariadb", environment("OUTBOX_RELAY_TEST_MARIADB")},
          {"sqlite", "sqlite:" + (std::filesystem::temp_directory_path() / (unique_name() + ".db")).string()}};
}

std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(std::filesystem::path(test::source_folder) / "sql" / file);
  if (!in) throw std::runtime_error("no file sql/" + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> statements(std::string_view script) {
  std::vector<std::string> found;
  std::string statement;
  std::istringstream lines{std::string(script)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--") || line.empty()) continue;
    statement += line + "\n";
    if (!line.ends_with(';') || count_of(statement, "$$") % 2 == 1) continue;
    found.push_back(statement.substr(0, statement.size() - 2));
    statement.clear();
  }
  if (!statement.empty()) throw std::runtime_error("no ; at the end of: " + statement);
  return found;
}

db::ResultSet run(db::Session& session, const std::string& sql) {
  return session.run({"test", sql}, {});
}

void run_script(db::Session& session, std::string_view script) {
  for (const auto& statement : statements(script)) run(session, statement);
}

std::string value(db::Session& session, const std::string& sql) {
  const auto rows = run(session, sql);
  if (rows.empty()) throw std::runtime_error("no row from: " + sql);
  return std::string(rows[0][0].bytes());
}

void insert_order(db::Session& session, const std::string& aggregate_id) {
  run(session, "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES ('orders', '" + aggregate_id +
                   "', 'OrderPlaced', '{}')");
}

void multiply_rows(db::Session& session, int times) {
  for (int i = 0; i < times; ++i) {
    run(session,
        "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) SELECT aggregate_type, aggregate_id, event_type, "
        "payload FROM outbox");
  }
}

OutboxDatabase::OutboxDatabase(const Server& server, Variant variant)
    : server_(server),
      variant_(variant),
      name_(unique_name()),
      driver_(driver_for(server.dialect)),
      target_(db::parse_url(server.url).target) {
  target_.tls = db::TlsMode::disable;
  if (has_roles()) {
    administrator_ = driver_->connect(target_);
    run(*administrator_, "CREATE DATABASE " + name_);
    target_.database = name_;
  } else {
    std::ofstream(target_.database).close();
  }
  owner_ = driver_->connect(target_);
  run_script(*owner_, ddl());
  run_script(*owner_, dialect().lease_ddl);
  run_script(*owner_, file_text(server_.dialect + "/dead.sql"));
  if (has_roles()) grant();
}

OutboxDatabase::~OutboxDatabase() {
  owner_.reset();
  try {
    if (!has_roles()) {
      std::filesystem::remove(target_.database);
      return;
    }
    const bool postgres = server_.dialect == "postgres";
    run(*administrator_, "DROP DATABASE " + name_ + (postgres ? " WITH (FORCE)" : ""));
    for (const auto* role : {"_app", "_relay"}) run(*administrator_, (postgres ? "DROP ROLE " : "DROP USER ") + name_ + role);
  } catch (const db::DbError& error) {
    std::cerr << error.what();
  }
}

void OutboxDatabase::grant() {
  auto script = file_text(server_.dialect + "/grants.sql");
  script = replaced(replaced(script, "outbox_app", name_ + "_app"), "outbox_relay", name_ + "_relay");
  script = replaced(script, name_ + "_relay_lease", "outbox_relay_lease");  // a table, not a role
  if (variant_ == Variant::mark) script = replaced(script, "GRANT SELECT, DELETE ON", "GRANT SELECT, UPDATE (sent_at) ON");
  run_script(*owner_, script);
}

std::unique_ptr<db::Session> OutboxDatabase::connect_as(const std::string& user) const {
  auto target = target_;
  if (has_roles()) {
    target.user = user;
    target.password = "change-me";
  }
  return driver_->connect(target);
}

std::unique_ptr<db::Session> OutboxDatabase::application() const {
  return connect_as(name_ + "_app");
}
std::unique_ptr<db::Session> OutboxDatabase::relay() const {
  return connect_as(name_ + "_relay");
}

std::string OutboxDatabase::relay_url() const {
  return url_of(name_ + "_relay", "change-me");
}
std::string OutboxDatabase::owner_url() const {
  return url_of(target_.user, target_.password);
}

std::string OutboxDatabase::url_of(const std::string& user, const std::string& password) const {
  if (!has_roles()) return server_.url;
  const auto scheme = server_.url.substr(0, server_.url.find("://") + 3);
  return scheme + user + (password.empty() ? "" : ":" + password) + "@" + target_.host + ":" + std::to_string(target_.port) + "/" +
         name_;
}

std::string_view OutboxDatabase::ddl() const {
  return variant_ == Variant::mark ? dialect().outbox_mark_ddl : dialect().outbox_delete_ddl;
}

db::Statement OutboxDatabase::query(std::string_view name, std::string_view text) const {
  const auto word = [&](std::string_view column) { return dialect().identifier(column); };
  return db::render(name, text,
                    {{"table", word("outbox")},
                     {"columns", word("id") + ", " + word("aggregate_id") + ", " + word("payload") + ", " + word("created_at")},
                     {"position", word("id")},
                     {"created_at", word("created_at")},
                     {"sent_at", word("sent_at")},
                     {"lease", word("outbox_relay_lease")},
                     {"gaps", word("id") + " BETWEEN 1 AND 1000000"},
                     {"unsent", variant_ == Variant::mark ? word("sent_at") + " IS NULL" : "1 = 1"}});
}

}  // namespace test
