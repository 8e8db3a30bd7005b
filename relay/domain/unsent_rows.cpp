#include "relay/domain/unsent_rows.hpp"

#include <algorithm>

namespace relay {

void UnsentRows::add(const SentVersion& row, bool by_key) {
  ++size_;
  if (by_key && keys_.size() < most_) {
    keys_.push_back(row.key);
  } else {
    from_ = std::min(from_, row.time);
  }
}

void UnsentRows::complete() {
  std::ranges::sort(keys_);
}

void UnsentRows::clear() {
  std::vector<RowKey>().swap(keys_);  // an assignment would keep the memory
  from_ = latest_time;
  size_ = 0;
}

bool UnsentRows::may_hold(const SentVersion& row) const noexcept {
  return row.time >= from_ || std::ranges::binary_search(keys_, row.key);
}

}  // namespace relay
