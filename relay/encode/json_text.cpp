#include "relay/encode/json_text.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

namespace relay::encode {

namespace {

using Word = std::uint64_t;
constexpr std::size_t word_size = sizeof(Word);

constexpr Word each(unsigned char byte) noexcept {
  return Word{0x0101010101010101} * byte;
}

/// The top bit of every byte that is zero; above the first one it may mark others too.
constexpr Word zero_bytes(Word word) noexcept {
  return (word - each(1)) & ~word & each(0x80);
}

/// The top bit of the first byte that does not stand for itself, and perhaps of bytes above it. Zero: there is none.
constexpr Word special_bytes(Word word) noexcept {
  const Word control = (word - each(0x20)) & ~word;
  return ((word | control) & each(0x80)) | zero_bytes(word ^ each('"')) | zero_bytes(word ^ each('\\'));
}

constexpr bool is_plain(char c) noexcept {
  return byte_of(c) >= 0x20 && byte_of(c) < 0x80 && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += hex[byte_of(c) >> 4U];
      out += hex[byte_of(c) & 0xFU];
  }
}

char unescaped(char letter) noexcept {
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return letter;
  }
}

}  // namespace

void append_utf8(std::string& out, unsigned point) {
  const auto put = [&](unsigned octet) { out += static_cast<char>(octet); };
  const auto follow = [&](unsigned shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xC0U | (point >> 6U));
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    follow(6);
  } else {
    put(0xF0U | (point >> 18U));
    follow(12);
    follow(6);
  }
  follow(0);
}

std::size_t plain_run(std::string_view text) noexcept {
  std::size_t at = 0;
  for (; at + word_size <= text.size(); at += word_size) {
    Word word = 0;
    std::memcpy(&word, text.data() + at, word_size);
    const Word special = special_bytes(word);
    if (special == 0) continue;
    if constexpr (std::endian::native != std::endian::little) break;
    return at + static_cast<std::size_t>(std::countr_zero(special)) / 8;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

// RFC 3629, section 4: the second byte's range depends on the first, which leaves out overlong forms, surrogates and all above
// U+10FFFF.
std::size_t multibyte_length(std::string_view text) noexcept {
  const unsigned lead = text.empty() ? 0 : byte_of(text[0]);
  const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte_of(text[1]) < lowest || byte_of(text[1]) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte_of(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  return length;
}

bool is_utf8(std::string_view text) noexcept {
  while (true) {
    text.remove_prefix(plain_run(text));
    if (text.empty()) return true;
    const std::size_t length = byte_of(text[0]) < 0x80 ? 1 : multibyte_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
}

bool append_json_string(std::string& out, std::string_view text) {
  return append_quoted(out, text, append_escaped, [](std::string& to, std::string_view rest) {
    const auto length = multibyte_length(rest);
    to += rest.substr(0, length);
    return length;
  });
}

void append_unescaped(std::string& out, std::string_view inside) {
  while (true) {
    const std::size_t plain = inside.find('\\');
    out += inside.substr(0, plain);
    if (plain == std::string_view::npos) return;
    const char letter = inside[plain + 1];
    inside.remove_prefix(plain + 2);
    if (letter != 'u') {
      out += unescaped(letter);
      continue;
    }
    unsigned point = hex4(inside);
    inside.remove_prefix(4);
    if (is_high_surrogate(point)) {
      point = 0x10000U + ((point - 0xD800U) << 10U) + (hex4(inside.substr(2)) - 0xDC00U);
      inside.remove_prefix(6);
    }
    append_utf8(out, point);
  }
}

unsigned hex4(std::string_view digits) noexcept {
  constexpr unsigned none = 0x10000;
  if (digits.size() < 4) return none;
  unsigned value = 0;
  for (const char c : digits.substr(0, 4)) {
    unsigned digit = none;
    if (c >= '0' && c <= '9') digit = byte_of(c) - '0';
    if (c >= 'a' && c <= 'f') digit = byte_of(c) - 'a' + 10;
    if (c >= 'A' && c <= 'F') digit = byte_of(c) - 'A' + 10;
    if (digit == none) return none;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace relay::encode
