#pragma once

#include "db_adapters/soci/cursor.hpp"
#include "db_adapters/soci/odbc_api.hpp"
#include "db_adapters/soci/placeholders.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

namespace db::soci_adapter {

/// What a session lends to its cursors.
struct OdbcContext {
  const OdbcApi& api;
  soci::session& session;
  RunningStatement& running;
  std::chrono::seconds statement_timeout;
  bool numbers_as_text;  ///< Oracle's driver does not take 64-bit integers
};

/// A statement's handle, and how cells are taken out of it. SOCI binds 100 MB a column, cuts text at the first NUL and knows no
/// binary columns, so cells are read one by one here.
class OdbcRows {
 public:
  explicit OdbcRows(const OdbcContext& context);
  OdbcRows(const OdbcRows&) = delete;
  OdbcRows& operator=(const OdbcRows&) = delete;
  ~OdbcRows() { context_.running.set(SQL_NULL_HSTMT); }

  [[nodiscard]] soci::statement& statement() noexcept { return statement_; }
  [[nodiscard]] SQLHSTMT handle() const noexcept { return handle_; }
  [[nodiscard]] const OdbcContext& context() const noexcept { return context_; }

  /// What the handle says of a call that failed.
  [[nodiscard]] DbError error() const;
  /// @throws DbError  when the call failed
  void check(SQLRETURN result) const;
  /// @return whether there is one more row
  bool fetch();
  /// Takes a cell in pieces; columns from left to right, each once.
  /// @param most  no more than about that many bytes
  /// @return nothing for NULL; valid until the next call
  [[nodiscard]] std::optional<std::string_view> cell(SQLUSMALLINT column, bool binary, std::size_t most);

 private:
  OdbcContext context_;
  soci::statement statement_;
  SQLHSTMT handle_ = SQL_NULL_HSTMT;
  std::string cell_;
};

/// A statement through ODBC.
class OdbcCursor final : public Cursor {
 public:
  OdbcCursor(const OdbcContext& context, std::string_view sql);

  bool execute(std::span<const Parameter> parameters) override;
  bool next() override { return rows_.fetch(); }
  [[nodiscard]] std::vector<relay::Column> columns() override;
  void read(Rows& rows) override;
  [[nodiscard]] std::uint64_t affected() override;

 private:
  struct Bound {
    std::int64_t number = 0;
    std::string text;
    SQLLEN length = 0;
  };

  void bind(SQLUSMALLINT index, const Parameter& parameter, Bound& bound);
  void bind_octets(SQLUSMALLINT index, std::string_view octets, bool binary, Bound& bound);
  void describe();

  OdbcRows rows_;
  Positional text_;
  std::vector<Bound> bound_;
  std::vector<relay::Column> columns_;
};

/// The columns of a table, from ODBC's catalogue: name, type, and whether it takes NULL (1, 0).
class OdbcTableColumns final : public Cursor {
 public:
  explicit OdbcTableColumns(const OdbcContext& context) : rows_(context) {}

  /// @param parameters  schema or NULL, name
  bool execute(std::span<const Parameter> parameters) override;
  bool next() override;
  [[nodiscard]] std::vector<relay::Column> columns() override;
  void read(Rows& rows) override;
  [[nodiscard]] std::uint64_t affected() override { return 0; }

 private:
  OdbcRows rows_;
  std::string table_;
  std::optional<std::string> schema_;
};

}  // namespace db::soci_adapter
