#pragma once

#include "relay/domain/cell.hpp"
#include "relay/domain/row.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace db {

/// The rows of one statement, as text cells in the driver's own buffer, which the result owns.
///
/// A value that moves. The cells stay valid as long as the result lives, also when its session is gone,
/// and may be read by any thread.
class ResultSet {
 public:
  ResultSet() = default;

  /// @param cells  row by row, `columns.size()` cells each
  /// @param owner  keeps alive what the cells point into
  ResultSet(std::vector<relay::Column> columns, std::vector<relay::Cell> cells, std::shared_ptr<const void> owner)
      : columns_(std::move(columns)), cells_(std::move(cells)), owner_(std::move(owner)) {}

  /// For a statement that changes rows: how many.
  explicit ResultSet(std::uint64_t affected) : affected_(affected) {}

  [[nodiscard]] std::span<const relay::Column> columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t size() const noexcept { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  [[nodiscard]] bool empty() const noexcept { return cells_.empty(); }

  [[nodiscard]] std::span<const relay::Cell> operator[](std::size_t row) const noexcept {
    return std::span(cells_).subspan(row * columns_.size(), columns_.size());
  }

  /// Rows that an INSERT, UPDATE or DELETE changed; 0 for a SELECT.
  [[nodiscard]] std::uint64_t affected() const noexcept { return affected_; }

 private:
  std::vector<relay::Column> columns_;
  std::vector<relay::Cell> cells_;
  std::shared_ptr<const void> owner_;
  std::uint64_t affected_ = 0;
};

}  // namespace db
