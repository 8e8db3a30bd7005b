#pragma once

#include "tests/contract/database.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace contract {

using Sessions = std::unique_ptr<db::Session>;

/// One test's place in a database: sessions, and tables that are gone with it.
class Sandbox {
 public:
  explicit Sandbox(const Database& database);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  [[nodiscard]] const Database& database() const { return database_; }
  [[nodiscard]] const db::Target& target() const { return target_; }
  [[nodiscard]] const db::Dialect& dialect() const { return driver_->dialect(*first_); }

  [[nodiscard]] Sessions connect() const { return driver_->connect(target_); }
  [[nodiscard]] Sessions connect(const db::Target& target) const { return driver_->connect(target); }

  /// The sandbox's own session.
  [[nodiscard]] db::Session& session() { return *first_; }

  /// A table with a name of its own; not quoted.
  std::string table(const std::string& columns, const std::string& stem = "t");

 private:
  const Database& database_;
  std::unique_ptr<db::Driver> driver_;
  db::Target target_;
  std::filesystem::path file_;
  Sessions first_;
  std::vector<std::string> tables_;
};

db::ResultSet run(db::Session& session, const std::string& sql);

/// Runs SQL in which ? stands for each parameter, whatever the database writes there.
db::ResultSet run(db::Session& session, const Database& database, std::string_view sql, std::span<const db::Parameter> parameters);

/// What stands behind INSERT INTO table (..) for these rows.
[[nodiscard]] std::string values_of(const Database& database, std::span<const std::string> rows);

/// The first cell; throws where there is none.
[[nodiscard]] std::string value(db::Session& session, const std::string& sql);

/// What a call throws; a test fails where it throws nothing.
[[nodiscard]] db::DbError error_of(const std::function<void()>& call);

}  // namespace contract
