#pragma once

#include "db_adapters/port/result_set.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace db::soci_adapter {

/// The rows of one result while they come in, up to a number of bytes.
class Rows {
 public:
  explicit Rows(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  void add_null() { cells_.emplace_back(); }

  /// Copies, unless the rows are full already or this would make them so.
  void add(std::string_view bytes) {
    bytes_ += bytes.size();
    if (full()) return;
    auto* const copy = static_cast<char*>(arena_->allocate(bytes.size(), 1));
    std::memcpy(copy, bytes.empty() ? "" : bytes.data(), bytes.size());
    cells_.emplace_back(std::string_view(copy, bytes.size()));
  }

  /// For a cell that comes in pieces: what it may still hold before the rows are full.
  [[nodiscard]] std::size_t room() const noexcept { return full() ? 0 : max_bytes_ - bytes_; }

  /// Over the limit: some cells were left out, the rows are of no use.
  [[nodiscard]] bool full() const noexcept { return bytes_ > max_bytes_; }

  /// Ends this value.
  [[nodiscard]] ResultSet take(std::vector<relay::Column> columns) {
    return {std::move(columns), std::move(cells_), std::move(arena_)};
  }

 private:
  static constexpr std::size_t first_block = std::size_t{16} << 10U;

  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::vector<relay::Cell> cells_;
  std::shared_ptr<std::pmr::monotonic_buffer_resource> arena_ = std::make_shared<std::pmr::monotonic_buffer_resource>(first_block);
};

}  // namespace db::soci_adapter
