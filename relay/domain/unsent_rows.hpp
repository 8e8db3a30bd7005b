#pragma once

#include "relay/domain/look_back.hpp"
#include "relay/domain/remembered_rows.hpp"

#include <cstddef>
#include <vector>

namespace relay {

/// The rows that a pass could not send: what the next one reads of them, mended perhaps, has still to be sent, however old it is.
///
/// They are known by their keys. Where a row has none that a change would leave as it was, or more are held than fit, every row
/// from the first such one's time on may be one of them.
class UnsentRows {
 public:
  /// @param most  that are known by their keys
  explicit UnsentRows(std::size_t most) : most_(most) {}

  void add(const SentVersion& row, bool by_key);
  /// Nothing is added any more; before it is asked.
  void complete();
  void clear();
  [[nodiscard]] bool may_hold(const SentVersion& row) const noexcept;

  /// Every row with this time or a later one may be one of them.
  [[nodiscard]] Micros from() const noexcept { return from_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::size_t most_;
  std::vector<RowKey> keys_;  // in order, once complete
  Micros from_ = latest_time;
  std::size_t size_ = 0;
};

}  // namespace relay
