#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace db::soci_adapter {

/// Bytes that live as long as the arena and never move, in few allocations.
class Arena {
 public:
  /// @return a copy of `bytes`, never with a null data()
  [[nodiscard]] std::string_view copy(std::string_view bytes) {
    if (bytes.empty()) return "";
    if (bytes.size() > room_) grow(bytes.size());
    std::memcpy(next_, bytes.data(), bytes.size());
    const std::string_view copied(next_, bytes.size());
    next_ += bytes.size();
    room_ -= bytes.size();
    return copied;
  }

 private:
  static constexpr std::size_t block_bytes = std::size_t{256} << 10U;

  void grow(std::size_t least) {
    room_ = std::max(least, block_bytes);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    next_ = blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  std::size_t room_ = 0;
};

}  // namespace db::soci_adapter
