#pragma once

#include "db_adapters/port/session.hpp"
#include "db_adapters/soci/rows.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace db::soci_adapter {

/// One statement of one backend, from its text to its last row.
///
/// SOCI prepares it, runs it and steps through it. Parameters and cells pass by the backend's own handle wherever SOCI's
/// exchange types would lose something: octets behind a NUL, microseconds, digits, long cells.
/// Every call throws soci::soci_error or DbError; the session puts the statement's name before it.
class Cursor {
 public:
  Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  virtual ~Cursor() = default;

  /// @return whether it stands on a row now
  virtual bool execute(std::span<const Parameter> parameters) = 0;
  virtual bool next() = 0;

  /// After `execute`; none for a statement that changes rows.
  [[nodiscard]] virtual std::vector<relay::Column> columns() = 0;

  /// Adds one cell a column.
  virtual void read(Rows& rows) = 0;

  /// How many rows the statement changed.
  [[nodiscard]] virtual std::uint64_t affected() = 0;
};

}  // namespace db::soci_adapter
