#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace relay::encode {

/// Never negative, as a char may be.
[[nodiscard]] constexpr unsigned byte_of(char c) noexcept {
  return static_cast<unsigned char>(c);
}

/// How many bytes at the start are ASCII that stands for itself in a JSON string.
[[nodiscard]] std::size_t plain_run(std::string_view text) noexcept;

/// The length of the character at the start, 2 to 4; 0 when it is ASCII or not well-formed UTF-8 (RFC 3629).
[[nodiscard]] std::size_t multibyte_length(std::string_view text) noexcept;

/// Whether all of it is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends a text between quotation marks, run by run of what stands for itself; the rest as the caller writes it.
/// @param ascii      appends one ASCII character that needs an escape: (out, char)
/// @param multibyte  appends the character at the start: (out, text) -> its length; 0: not well-formed
/// @return false when the text is not well-formed; then `out` holds a part of it
template <typename Ascii, typename Multibyte>
[[nodiscard]] bool append_quoted(std::string& out, std::string_view text, Ascii ascii, Multibyte multibyte) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_run(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    std::size_t length = 1;
    if (byte_of(text[0]) < 0x80U) {
      ascii(out, text[0]);
    } else {
      length = multibyte(out, text);
      if (length == 0) return false;
    }
    text.remove_prefix(length);
  }
  out += '"';
  return true;
}

/// Appends a JSON string. False when the text is not well-formed UTF-8; then `out` holds a part of it.
[[nodiscard]] bool append_json_string(std::string& out, std::string_view text);

/// Appends what a JSON string says; `inside` stands between the quotes and is known to be well-formed.
void append_unescaped(std::string& out, std::string_view inside);

/// Appends one character; half a surrogate pair as if it were one.
void append_utf8(std::string& out, unsigned point);

/// Four hexadecimal digits; more than 0xFFFF when they are none.
[[nodiscard]] unsigned hex4(std::string_view digits) noexcept;

[[nodiscard]] constexpr bool is_high_surrogate(unsigned unit) noexcept {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
[[nodiscard]] constexpr bool is_low_surrogate(unsigned unit) noexcept {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

}  // namespace relay::encode
