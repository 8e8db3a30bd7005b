#pragma once

#include <cstddef>
#include <string_view>

namespace relay {

/// One value of a row: bytes that somebody else owns, or NULL.
///
/// An empty string is not NULL. Bytes may hold any octet, NUL included; text is UTF-8.
class Cell {
 public:
  constexpr Cell() noexcept = default;  ///< NULL
  constexpr explicit Cell(std::string_view bytes) noexcept
      : data_(bytes.data() != nullptr ? bytes.data() : ""), size_(bytes.size()) {}

  [[nodiscard]] constexpr bool is_null() const noexcept { return data_ == nullptr; }

  /// The bytes; empty for NULL.
  [[nodiscard]] constexpr std::string_view bytes() const noexcept {
    return data_ == nullptr ? std::string_view{} : std::string_view{data_, size_};
  }

  friend constexpr bool operator==(const Cell& a, const Cell& b) noexcept {
    return a.is_null() == b.is_null() && a.bytes() == b.bytes();
  }

 private:
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace relay
