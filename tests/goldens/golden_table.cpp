#include "tests/goldens/golden_table.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/port/url.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

namespace goldens {

GoldenTable::GoldenTable(const Golden& golden, const std::string& url, Kind kind)
    : golden_(golden), url_(url), name_(relay::kafka::tests::fresh_name("golden")), table_(golden.table()) {
  std::ranges::replace_if(
      name_, [](char c) { return c == '-' || c == '.'; }, '_');
  auto target = db::parse_url(url).target;
  target.tls = db::TlsMode::disable;
  if (golden.is_mysql()) {
    driver_ = std::make_unique<db::mysql::MysqlDriver>();
    session_ = driver_->connect(target);
    run("CREATE DATABASE " + name_ + " CHARACTER SET utf8mb4");
    target.database = name_;
    session_ = driver_->connect(target);
    run("SET SESSION sql_mode = DEFAULT");  // the captures' strings have backslashes
  } else {
    driver_ = std::make_unique<db::postgres::PostgresDriver>();
    session_ = driver_->connect(target);
    run("CREATE SCHEMA " + name_);
    run("SET search_path TO " + name_);
  }
  for (const auto& sql : golden.ddl) run(sql);
  if (kind == Kind::outbox) {
    run("ALTER TABLE " + table_ + " ADD COLUMN relay_position " +
        (golden.is_mysql() ? "bigint NOT NULL AUTO_INCREMENT UNIQUE" : "bigserial UNIQUE"));
  }
  for (const auto& [label, sql, refused] : golden.inserts) {
    if (refused) continue;
    run(sql);
    labels_.push_back(label);
  }
}

GoldenTable::~GoldenTable() {
  try {
    run(golden_.is_mysql() ? "DROP DATABASE " + name_ : "DROP SCHEMA " + name_ + " CASCADE");
  } catch (const db::DbError& error) {
    WARN(name_ << " is left: " << error.what());
  }
}

std::set<std::string> GoldenTable::labels_left() {
  const auto rows = session_->run({"golden", "SELECT relay_position FROM " + table_}, {});
  std::set<std::string> labels;
  for (std::size_t i = 0; i < rows.size(); ++i) labels.insert(labels_.at(std::stoul(std::string(rows[i][0].bytes())) - 1));
  return labels;
}

}  // namespace goldens
