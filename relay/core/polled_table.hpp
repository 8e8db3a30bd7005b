#pragma once

#include "db_adapters/port/session.hpp"
#include "relay/core/outbox_table.hpp"
#include "relay/domain/look_back.hpp"
#include "relay/domain/row.hpp"
#include "relay/domain/table_point.hpp"
#include "relay/domain/table_window.hpp"
#include "relay/encode/message_shape.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace relay::core {

/// Where polling begins when nothing is saved.
struct TableStart {
  enum class From : std::uint8_t { earliest, latest, time } from = From::earliest;
  Micros time = 0;
};

/// Which ordinary table to poll, as the user configured it.
struct PolledShape {
  std::string table;                        ///< may be `schema.table`
  std::string time = "update_ts";           ///< grows with every change; empty: rows are only inserted
  std::string id = "id";                    ///< unique; empty: rows have none
  std::vector<std::string> include{};       ///< the columns of the message; empty: all
  std::vector<std::string> exclude{};       ///< all but these
  std::string where{};                      ///< SQL; empty: every row
  std::string deleted{};                    ///< the column that says that a row is deleted; empty: none
  std::vector<std::string> key_columns{};   ///< that make the message's key
  std::vector<std::string> more_columns{};  ///< that topic and headers name
  std::chrono::milliseconds look_back{60000};
  TableStart start{};

  [[nodiscard]] TableKeys keys() const noexcept;
};

/// The statements for one polled table in one database; a value that every session of that database can use.
struct PolledTable {
  const db::Dialect* dialect = nullptr;
  PolledShape shape;
  Layout layout;                     ///< of every row
  std::vector<std::string> members;  ///< the columns of the message, in the table's order
  std::optional<std::size_t> time_index;
  std::optional<std::size_t> id_index;
  std::string index;       ///< that serves the pages; empty: none is known
  bool knows_zone = true;  ///< a time says which instant it is

  /// The rows behind a point, in order.
  [[nodiscard]] db::Statement page(TablePoint::Kind kind, std::size_t limit) const;
  [[nodiscard]] db::ResultSet read_page(db::Session& session, const TablePoint& after, std::size_t limit,
                                        std::size_t max_bytes) const;

  /// The message of this table's rows, its columns named as the table names them: databases differ in what they make of ID.
  /// @throws std::invalid_argument  its topic is malformed
  [[nodiscard]] encode::MessageShape message_shape(encode::MessageShape message) const;

  [[nodiscard]] SentVersion version_of(std::span<const Cell> cells) const;
  /// The time column holds what is no time (a text: SQLite).
  [[nodiscard]] std::optional<Fault> time_fault(std::span<const Cell> cells) const;
  /// Behind this row; where rows have no id, before all rows with its time.
  [[nodiscard]] TablePoint point_of(std::span<const Cell> cells) const;

  db::Statement last;
  db::Statement horizon;
  db::Statement clock;

 private:
  friend PolledTable open_polled_table(db::Session&, const db::Dialect&, const PolledShape&);
  [[nodiscard]] std::string predicate(TablePoint::Kind kind) const;
  std::map<std::string, std::string, std::less<>> fragments_;
};

/// Looks at the table and prepares its statements.
/// @throws SchemaError  no such table or column, a database that cannot be polled
/// @throws db::DbError
[[nodiscard]] PolledTable open_polled_table(db::Session& session, const db::Dialect& dialect, const PolledShape& shape);

/// The end of the table as it is now; nothing where it is empty.
struct TableEnd {
  TablePoint point;
  std::optional<Micros> time;
};
[[nodiscard]] std::optional<TableEnd> read_end(db::Session& session, const PolledTable& table);

/// Asks the database for its clock and for who may still write.
/// @throws db::DbError  also where the server has become a reader
[[nodiscard]] Horizon read_horizon(db::Session& session, const PolledTable& table);

}  // namespace relay::core
