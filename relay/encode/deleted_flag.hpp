#pragma once

#include "relay/domain/cell.hpp"
#include "relay/domain/row.hpp"

#include <cstddef>

namespace relay::encode {

/// The column that says whether a row is deleted (MessageShape::deleted_column): a flag of any type, or a time.
class DeletedFlag {
 public:
  DeletedFlag(std::size_t index, const Column& column);

  /// Not deleted: NULL, false, 0 however it is written, no bit that is set, MySQL's zero date, and the texts that say no:
  /// blank, N, F, no, false, in upper or lower case. Anything else is deleted.
  [[nodiscard]] bool is_set(const Row& row) const noexcept;

 private:
  std::size_t index_;
  bool is_bit_octets_;
};

}  // namespace relay::encode
