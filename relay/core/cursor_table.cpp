#include "relay/core/cursor_table.hpp"

#include "relay/core/outbox_table.hpp"
#include "sql/queries.hpp"

#include <array>

namespace relay::core {

std::string cursor_table_beside(std::string_view polled) {
  const auto dot = polled.rfind('.');
  return std::string(polled.substr(0, dot == std::string_view::npos ? 0 : dot + 1)) + "outbox_relay_cursor";
}

std::optional<std::string> CursorTable::load(db::Session& session, std::string_view name) const {
  const std::array<db::Parameter, 1> parameters{name};
  const auto rows = session.run(read_statement, parameters);
  if (rows.empty()) return std::nullopt;
  return std::string(rows[0][0].bytes());
}

// One relay saves, the holder of the lease; a former one that comes too late writes an older place: rows repeat, none is lost.
void CursorTable::save(db::Session& session, std::string_view name, std::string_view state) const {
  const std::array<db::Parameter, 2> change{state, name};
  if (session.run(update_statement, change).affected() > 0) return;
  try {
    const std::array<db::Parameter, 2> first{name, state};
    session.run(insert_statement, first);
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::duplicate_key) throw;  // MySQL counts a row that stays as it is for none
  }
}

void CursorTable::remove(db::Session& session, std::string_view name) const {
  const std::array<db::Parameter, 1> parameters{name};
  session.run(delete_statement, parameters);
}

CursorTable open_cursor_table(db::Session& session, const db::Dialect& dialect, std::string_view polled) {
  const auto& queries = *dialect.queries;
  CursorTable cursor;
  cursor.table = cursor_table_beside(polled);
  const auto render = [&](std::string_view query, std::string_view text) {
    return db::render(query, text, {{"cursor", dialect.identifier(cursor.table)}});
  };
  cursor.read_statement = render("cursor_read", queries.cursor_read);
  cursor.update_statement = render("cursor_update", queries.cursor_update);
  cursor.insert_statement = render("cursor_insert", queries.cursor_insert);
  cursor.delete_statement = render("cursor_delete", queries.cursor_delete);
  if (declared_columns(session, dialect, cursor.table).empty()) {
    throw SchemaError(
        "table " + cursor.table +
        " not found. Create it with `outbox-relay init` or from sql/, or keep the cursor elsewhere with table.state.");
  }
  static_cast<void>(cursor.load(session, "nobody"));
  cursor.remove(session, "nobody");  // a missing right is told at once, not when the first rows are in Kafka
  return cursor;
}

}  // namespace relay::core
