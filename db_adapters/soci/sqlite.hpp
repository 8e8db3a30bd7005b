#pragma once

#include "db_adapters/soci/session.hpp"

#include <chrono>
#include <memory>

#include <soci/session.h>

namespace db::soci_adapter {

/// A SQLite file.
///
/// Timestamps come as the application wrote them: SQLite has no type for them. A value's own type, not its column's, decides
/// its text; BOOLEAN columns say `true` and `false`. The journal mode stays the file's own; under WAL readers and the writer
/// do not wait for each other, under a rollback journal a snapshot delays the application's commits while it is open.
class SqliteSession final : public SociSession {
 public:
  /// @throws DbError  `missing_object` where there is no file: connecting creates none
  explicit SqliteSession(const Target& target);

  void cancel() noexcept override;

 private:
  [[nodiscard]] std::unique_ptr<Cursor> prepare(std::string_view sql) override;
  void start(Transaction kind) override;
  void end(Transaction kind, bool commit) override;
  [[nodiscard]] DbError error_of(const soci::soci_error& error) override;

  void set_up(const Target& target);

  soci::session session_;
  std::chrono::milliseconds statement_timeout_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace db::soci_adapter
