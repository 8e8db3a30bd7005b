#pragma once

#include "db_adapters/port/session.hpp"
#include "tests/goldens/golden.hpp"

#include <memory>
#include <string>

namespace goldens {

/// The tables and rows of a capture, in a schema (PostgreSQL) or database (MySQL) of their own, which is gone with it.
/// An outbox has one more column, `relay_position`, since the captures' ids are UUIDs.
class GoldenTable {
 public:
  enum class Kind { outbox, polled };

  /// @param url  of the server, with an administrator's rights
  GoldenTable(const Golden& golden, const std::string& url, Kind kind = Kind::outbox);
  ~GoldenTable();
  GoldenTable(const GoldenTable&) = delete;
  GoldenTable& operator=(const GoldenTable&) = delete;

  /// For source.url and outbox.table.
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::string table() const { return name_ + '.' + table_; }
  void run(const std::string& sql) { session_->run({"golden", sql}, {}); }
  /// The labels of an outbox's rows that are still there.
  [[nodiscard]] std::set<std::string> labels_left();

 private:
  const Golden& golden_;
  std::string url_;
  std::string name_;
  std::string table_;
  std::unique_ptr<db::Driver> driver_;
  std::unique_ptr<db::Session> session_;
  std::vector<std::string> labels_;  ///< of the rows, in the order of their positions
};

}  // namespace goldens
