#include "tests/sinks/database.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/port/url.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "tests/support/paths.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace sinks {

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no file " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

std::string example(const std::string& name) {
  return text_of(std::string(test::source_folder) + "/deploy/examples/" + name);
}

std::string sql_file(const std::string& name) {
  return text_of(std::string(test::source_folder) + "/sql/" + name);
}

Database::Database(const std::string& server, std::string name)
    : is_mysql_(server.starts_with("mysql:")), name_(std::move(name)), target_(db::parse_url(server).target) {
  if (is_mysql_) {
    driver_ = std::make_unique<db::mysql::MysqlDriver>();
  } else {
    driver_ = std::make_unique<db::postgres::PostgresDriver>();
  }
  target_.tls = db::TlsMode::disable;
  url_ = server.substr(0, server.rfind('/') + 1) + name_;
  administrator_ = connect(target_.database);
  for (const auto& sql : {"DROP DATABASE IF EXISTS " + name_, "CREATE DATABASE " + name_}) {
    administrator_->run({"test", sql}, {});
  }
  session_ = connect(name_);
}

Database::~Database() {
  try {
    session_.reset();
    administrator_->run({"test", "DROP DATABASE " + name_ + (is_mysql_ ? "" : " WITH (FORCE)")}, {});
  } catch (const db::DbError& error) {
    std::cerr << "database " << name_ << " is left: " << error.what() << '\n';
  }
}

std::unique_ptr<db::Session> Database::connect(const std::string& database) const {
  auto target = target_;
  target.database = database;
  return driver_->connect(target);
}

void Database::execute(const std::string& sql) {
  session_->run({"test", sql}, {});
}

void Database::run(const std::string& script) {
  std::istringstream lines{script};
  std::string statement;
  bool quoted = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("--")) continue;
    if (line.find("$$") != std::string::npos) quoted = !quoted;
    statement += line + '\n';
    if (!quoted && line.ends_with(';')) execute(std::exchange(statement, {}));
  }
}

std::vector<std::string> Database::rows(const std::string& sql) {
  const auto result = session_->run({"test", sql}, {});
  std::vector<std::string> rows;
  for (std::size_t i = 0; i < result.size(); ++i) {
    std::string row;
    for (const auto& cell : result[i]) {
      row += row.empty() ? "" : " | ";
      row += cell.is_null() ? "NULL" : std::string(cell.bytes());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sinks
