#pragma once

// SOCI 4.1 shows sqlite3.h only to those who say this, 4.0 to everybody; both put it into namespace sqlite_api.
#define SOCI_SQLITE3_SOURCE
#include "db_adapters/soci/cursor.hpp"

#include <string_view>

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

namespace db::soci_adapter {

/// A statement of SQLite. Parameters are bound and cells read at its own handle: SOCI would copy each of them once more,
/// and SOCI's description of columns steps through the statement to guess their types.
class SqliteCursor final : public Cursor {
 public:
  /// @throws DbError  also where the text has more than one statement: SQLite would forget the rest
  SqliteCursor(soci::session& session, std::string_view sql);

  bool execute(std::span<const Parameter> parameters) override;
  bool next() override;
  [[nodiscard]] std::vector<relay::Column> columns() override;
  void read(Rows& rows) override;
  [[nodiscard]] std::uint64_t affected() override;

 private:
  void bind(int index, const Parameter& parameter);
  void read_cell(int column, Rows& rows);

  soci::statement statement_;
  ::sqlite_api::sqlite3* connection_;
  ::sqlite_api::sqlite3_stmt* handle_ = nullptr;
  std::vector<bool> boolean_;
  int changes_before_ = 0;
};

/// SQLite's own words for what went wrong last.
[[nodiscard]] DbError sqlite_error(::sqlite_api::sqlite3* connection);

[[nodiscard]] ::sqlite_api::sqlite3* sqlite_handle(soci::session& session);

}  // namespace db::soci_adapter
