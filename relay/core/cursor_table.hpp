#pragma once

#include "db_adapters/port/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace relay::core {

/// The table with the cursors of polled tables, ready to be asked; a value that every session of that database can use.
struct CursorTable {
  std::string table;
  db::Statement read_statement;
  db::Statement update_statement;
  db::Statement insert_statement;
  db::Statement delete_statement;

  /// @return none: nothing is saved under that name
  [[nodiscard]] std::optional<std::string> load(db::Session& session, std::string_view name) const;
  void save(db::Session& session, std::string_view name, std::string_view state) const;
  void remove(db::Session& session, std::string_view name) const;
};

/// It lies beside the first polled table: `shop.customers` -> `shop.outbox_relay_cursor`.
[[nodiscard]] std::string cursor_table_beside(std::string_view polled);

/// Prepares the statements, and sees that they may be run.
/// @throws SchemaError  no such table
/// @throws db::DbError
[[nodiscard]] CursorTable open_cursor_table(db::Session& session, const db::Dialect& dialect, std::string_view polled);

}  // namespace relay::core
