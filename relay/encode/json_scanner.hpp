#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relay::encode {

/// Reads JSON (RFC 8259) from left to right without building anything: it says where values end and whether they are well-formed.
///
/// Numbers of any length and size pass. Text must be UTF-8; an escaped half of a surrogate pair alone is malformed.
/// Nesting costs a byte a level, not stack. Own code because a payload is only looked at, not taken apart: several times
/// as fast as a parser that makes values.
class JsonScanner {
 public:
  explicit JsonScanner(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] char ahead() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

  void blanks() noexcept;
  [[nodiscard]] bool take(char wanted) noexcept;

  /// A value of any kind: its text. None: malformed.
  [[nodiscard]] std::optional<std::string_view> value();
  /// What stands between the quotes, escapes and all.
  [[nodiscard]] std::optional<std::string_view> string() noexcept;
  [[nodiscard]] bool number() noexcept;

 private:
  [[nodiscard]] bool begin_value();
  [[nodiscard]] bool end_value();
  [[nodiscard]] bool member_name() noexcept;
  [[nodiscard]] bool word(std::string_view wanted) noexcept;
  [[nodiscard]] bool escape() noexcept;
  [[nodiscard]] bool digits() noexcept;

  std::string_view rest_;
  std::string open_;       ///< the brackets that close what is open
  bool complete_ = false;  ///< the value that `value` reads has ended
};

/// One value and nothing else but blanks.
[[nodiscard]] bool is_json(std::string_view text);
[[nodiscard]] bool is_json_number(std::string_view text) noexcept;

}  // namespace relay::encode
