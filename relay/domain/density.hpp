#pragma once

#include "relay/domain/interval.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace relay {

/// Whether ids are dense, as far as it can be told from new rows: watching every gap between ids of a clock or of a random
/// generator costs more than reading all again, and such ids are drawn ahead of their inserts.
class Density {
 public:
  /// @param late   rows that came from below the highest one   @param ahead   those above it, ascending
  void read(std::size_t late, std::span<const Position> ahead) noexcept {
    rows_ += late;
    for (const auto position : ahead) pass(position);
    if (rows_ < enough_rows) return;
    sparse_ = sparse_ || passed_ >= rows_ * sparse_from;
    rows_ = passed_ = 0;
  }

  /// Rows up to here say nothing: some of them were settled, others are read again.
  void skip_through(Position position) noexcept { highest_ = std::max(highest_, position); }

  /// Of some hundreds of new rows, each stood for ten ids and more: no application rolls back that much.
  [[nodiscard]] bool sparse() const noexcept { return sparse_; }

 private:
  static constexpr std::uint64_t enough_rows = 200;
  static constexpr std::uint64_t sparse_from = 10;
  static constexpr std::uint64_t most_a_row = 50;  // one jump of a sequence is no more than that

  void pass(Position position) noexcept {
    if (position <= highest_) return;
    const auto distance = static_cast<std::uint64_t>(position) - static_cast<std::uint64_t>(highest_);
    passed_ += std::min(distance, most_a_row);
    ++rows_;
    highest_ = position;
  }

  Position highest_ = lowest_position;
  std::uint64_t rows_ = 0;
  std::uint64_t passed_ = 0;  // ids
  bool sparse_ = false;
};

}  // namespace relay
