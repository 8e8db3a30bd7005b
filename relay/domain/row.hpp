#pragma once

#include "relay/domain/cell.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

/// Where a row stands in the outbox: the value of its position column (by default its id).
/// Every row has its own, and rows are published in its order.
using Position = std::int64_t;

/// What a column holds, as far as an encoder has to know.
/// The text form of each kind is the same for every database: see db_adapters/port/session.hpp.
enum class ColumnKind : std::uint8_t {
  text,
  integer,
  decimal,  ///< exact, digits kept
  real,     ///< binary floating point
  boolean,
  bytes,
  json,
  timestamp,  ///< an instant, or a local time taken as UTC
  date,
  time,
  uuid,
  other,
};

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::text;
  std::string type{};            ///< as the database declares it: `numeric(12,3)`, `int unsigned`, `enum('a','b')`; empty: unknown
  bool nullable = true;          ///< false: declared NOT NULL
  bool keeps_json_tree = false;  ///< a JSON column that stores values and prints them anew, its fractions as binary doubles
};

/// The columns of a claim, in the order of every row's cells.
class Layout {
 public:
  Layout() = default;
  explicit Layout(std::vector<Column> columns) : columns_(std::move(columns)) {}

  [[nodiscard]] std::span<const Column> columns() const noexcept { return columns_; }
  [[nodiscard]] std::optional<std::size_t> index_of(std::string_view name) const noexcept;

 private:
  std::vector<Column> columns_;
};

/// One row as it was read; a view, valid as long as the claim that owns the bytes.
struct Row {
  Position position = 0;
  std::span<const Cell> cells;  ///< as many as the layout has columns
};

/// Tells a row from another one that was later given the same id (TRUNCATE, a counter that went back).
/// Equal cells give equal fingerprints within one process; it is never stored.
using Fingerprint = std::uint64_t;

[[nodiscard]] Fingerprint fingerprint(std::span<const Cell> cells) noexcept;

}  // namespace relay
