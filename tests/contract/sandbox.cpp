#include "tests/contract/sandbox.hpp"

#include "db_adapters/port/url.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace contract {
namespace {

std::string unique(const std::string& stem) {
  static int count = 0;
  return stem + std::to_string(::getpid()) + "_" + std::to_string(++count);
}

}  // namespace

Sandbox::Sandbox(const Database& database) : database_(database), driver_(database.driver()) {
  if (database.variable.empty()) {
    file_ = std::filesystem::temp_directory_path() / (unique("contract") + ".db");
    std::ofstream(file_).close();
    target_.database = file_;
  } else {
    target_ = db::parse_url(url_of(database)).target;
    target_.tls = db::TlsMode::disable;
  }
  first_ = connect();
}

Sandbox::~Sandbox() {
  if (!file_.empty()) {
    first_.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + suffix);
    return;
  }
  try {
    const auto session = connect();
    for (const auto& table : tables_) run(*session, "DROP TABLE " + table);
  } catch (const db::DbError& error) {
    std::cerr << error.what();
  }
}

std::string Sandbox::table(const std::string& columns, const std::string& stem) {
  auto name = unique(stem);
  if (database_.names_in_capitals) std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
  run(*first_, "CREATE TABLE " + name + " (" + columns + ")" + database_.table_end);
  tables_.push_back(name);
  return name;
}

db::ResultSet run(db::Session& session, const std::string& sql) {
  return session.run({"test", sql}, {});
}

db::ResultSet run(db::Session& session, const Database& database, std::string_view sql, std::span<const db::Parameter> parameters) {
  std::string text;
  int number = 0;
  for (const char c : sql) {
    if (c == '?')
      text += database.placeholder(++number);
    else
      text += c;
  }
  return session.run({"test", text}, parameters);
}

std::string values_of(const Database& database, std::span<const std::string> rows) {
  const bool select = !database.from_nothing.empty();
  std::string text;
  for (const auto& row : rows) {
    if (select)
      text += (text.empty() ? " SELECT " : " UNION ALL SELECT ") + row + database.from_nothing;
    else
      text += (text.empty() ? " VALUES (" : ", (") + row + ")";
  }
  return text;
}

std::string value(db::Session& session, const std::string& sql) {
  const auto rows = run(session, sql);
  if (rows.empty()) throw std::runtime_error("no row from: " + sql);
  return std::string(rows[0][0].bytes());
}

db::DbError error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const db::DbError& error) {
    return error;
  }
  throw std::runtime_error("nothing was thrown");
}

}  // namespace contract
