#pragma once

#include "relay/domain/row.hpp"
#include "relay/domain/timestamp.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace relay {

/// Stands for a row's id; of another id with the same number a row would be sent twice, never lost.
using RowKey = std::uint64_t;

[[nodiscard]] RowKey row_key(std::string_view id) noexcept;

/// One row as it was last sent.
struct SentVersion {
  RowKey key = 0;
  Fingerprint fingerprint = 0;
  Micros time = 0;

  friend bool operator==(const SentVersion&, const SentVersion&) = default;
};

/// The rows of the look-back window as they were last sent, so that a row that is read again is sent again only if it changed.
/// Its memory is bounded; what does not fit is not remembered, and would be sent again: `full` says so.
///
/// Of each row the last version alone counts: a row that was changed and changed back within one tick of its clock is sent.
class RememberedRows {
 public:
  explicit RememberedRows(std::size_t most) : most_(most) {}

  [[nodiscard]] bool knows(RowKey key, Fingerprint fingerprint) const noexcept;

  /// In place of the row's former version. @return false: there is no room
  bool remember(const SentVersion& version);

  /// It was not sent after all.
  void forget(RowKey key) noexcept;
  /// All rows with an earlier time.
  void forget_before(Micros time);
  void clear();

  [[nodiscard]] std::size_t size() const noexcept { return versions_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept {
    return versions_.size() * sizeof(SentVersion) + slots_.capacity() * sizeof(Slot);
  }
  /// A row could not be remembered since rows were last forgotten.
  [[nodiscard]] bool full() const noexcept { return full_; }

  /// Those that are remembered, in no order.
  [[nodiscard]] std::vector<SentVersion> all() const;

 private:
  using Slot = std::uint32_t;  ///< a version's place, counted from 1; 0: empty

  [[nodiscard]] std::size_t slot_of(RowKey key) const noexcept;
  void index(std::size_t slots);

  std::size_t most_;
  std::deque<SentVersion> versions_;  // it grows without a copy: a second one of a million rows would be most of the memory
  std::vector<Slot> slots_;           // by key; a power of two
  bool full_ = false;
};

}  // namespace relay
