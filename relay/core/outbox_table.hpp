#pragma once

#include "db_adapters/port/session.hpp"
#include "relay/domain/claim_window.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace relay::core {

/// What happens to a row that Kafka has.
enum class Dispose : std::uint8_t { delete_row, mark };

/// Which outbox to relay, as the user configured it.
struct OutboxShape {
  std::string table = "outbox";  ///< may be `schema.table`
  Dispose dispose = Dispose::delete_row;
  std::string position;             ///< the column that orders the rows; empty: the id column
  std::string sent_at = "sent_at";  ///< for Dispose::mark
  encode::ColumnRoles columns;
  std::string key;                            ///< the column with the message key; empty: the aggregate's id
  bool parks = false;                         ///< bad rows move to the dead-letter table, which has to be there
  std::vector<std::string> more_columns;      ///< that the message needs besides: of the topic, the key, the headers
  std::vector<std::string> optional_columns;  ///< the same, where a missing column is none
  std::optional<Scan> scan;                   ///< none: what the database allows

  [[nodiscard]] const std::string& key_column() const { return key.empty() ? columns.aggregate_id : key; }
  [[nodiscard]] const std::string& position_column() const { return position.empty() ? columns.id : position; }
};

/// The table does not fit the configuration: one line that names the thing, what is there, and the cure.
class SchemaError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One column of the table as the database declares it.
struct DeclaredColumn {
  std::string name;
  std::string type;
  bool nullable = true;
};

/// How the position column's ids are drawn, as the database declares it.
struct PositionSource {
  std::int64_t increment = 1;
  std::int64_t ahead = 1;  ///< how many a session takes at once
  bool counted = false;    ///< by a sequence or counter of the column: none comes twice

  [[nodiscard]] bool dense() const noexcept { return increment == 1 && ahead == 1; }
};

/// The statements for one outbox in one database, ready to run; a value that every session of that database can use.
struct OutboxTable {
  const db::Dialect* dialect = nullptr;
  OutboxShape shape;
  Layout layout;  ///< of the rows of every claim
  std::size_t position_index = 0;
  std::optional<std::size_t> created_at_index;
  PositionSource source;  ///< where nothing is known: as if they were dense
  std::string schema;     ///< empty: the session's own
  std::string name;

  db::Statement claim_forward;
  db::Statement claim_ids;
  db::Statement settle_range;
  db::Statement settle_list;
  db::Statement gap_writers;
  db::Statement backlog;

  /// The parameters of the queries that ask about a table: schema or NULL, and name. Views of this value.
  [[nodiscard]] std::array<db::Parameter, 2> own_name() const;

  /// Runs `claim_ids` or `settle_list` for these ids, at most `ids_a_statement` of them.
  db::ResultSet run_for_ids(db::Session& session, const db::Statement& statement, std::span<const Position> ids) const;
  [[nodiscard]] std::size_t ids_a_statement() const noexcept;

  /// Unsent rows inside these intervals: as text, where the dialect wants it so.
  [[nodiscard]] db::Statement claim_gaps(std::span<const Interval> gaps) const;

  /// SQL for the words of a query's text, quoted already.
  using Fragments = std::map<std::string, std::string, std::less<>>;
  /// Another query on this outbox. @param more  fragments besides the outbox's own
  [[nodiscard]] db::Statement query(std::string_view query_name, std::string_view text, Fragments more = {}) const;

 private:
  friend OutboxTable open_outbox(db::Session&, const db::Dialect&, const OutboxShape&);
  Fragments fragments_;
};

/// Reads how the table is declared. @return empty: no such table
[[nodiscard]] std::vector<DeclaredColumn> declared_columns(db::Session& session, const db::Dialect& dialect,
                                                           const std::string& table);

/// As a message lists them: `id, created_at`.
[[nodiscard]] std::string names_of(const std::vector<DeclaredColumn>& columns);

/// What to say where two rows may have the same position: they are settled by it, so one would go with the other, unsent.
[[nodiscard]] std::string not_unique(const OutboxShape& shape);

/// Looks at the table and prepares its statements.
/// @throws SchemaError  no such table, a view, a column is missing, or the position column is no integer or not unique
/// @throws db::DbError
[[nodiscard]] OutboxTable open_outbox(db::Session& session, const db::Dialect& dialect, const OutboxShape& shape);

}  // namespace relay::core
