#include "relay/cli/java_properties.hpp"

#include "relay/encode/json_text.hpp"

#include <stdexcept>
#include <utility>

namespace relay::cli {
namespace {

constexpr std::string_view blanks = " \t\f";
constexpr unsigned replacement_character = 0xFFFD;

void drop_blanks(std::string_view& text) {
  const auto first = text.find_first_not_of(blanks);
  text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

/// Lines as they stand in the file.
class NaturalLines {
 public:
  explicit NaturalLines(std::string_view text) : rest_(text) {}

  /// Without the blanks at its beginning.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const auto end = rest_.find_first_of("\r\n");
    line = rest_.substr(0, end);
    const bool both = end != std::string_view::npos && rest_.substr(end).starts_with("\r\n");
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + (both ? 2 : 1));
    drop_blanks(line);
    ++number_;
    return true;
  }
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

bool is_continued(std::string_view line) {
  const auto last = line.find_last_not_of('\\');
  return (line.size() - (last == std::string_view::npos ? 0 : last + 1)) % 2 == 1;
}

/// A line with those that continue it, still escaped. Comments and empty lines are left out.
bool next_logical(NaturalLines& lines, std::string& logical) {
  logical.clear();
  std::string_view line;
  bool more = false;
  while (lines.next(line)) {
    if (!more && (line.empty() || line.front() == '#' || line.front() == '!')) continue;
    more = is_continued(line);
    logical += line.substr(0, line.size() - (more ? 1 : 0));
    if (!more) return true;
  }
  return more;
}

/// Takes the four digits behind `\u`.
unsigned take_unit(std::string_view& text) {
  const auto unit = text.size() < 4 ? ~0U : encode::hex4(text.substr(0, 4));
  if (unit > 0xFFFF) throw std::invalid_argument("has a \\u without four hexadecimal digits");
  text.remove_prefix(4);
  return unit;
}

void append_point(std::string& plain, std::string_view& text) {
  auto point = take_unit(text);
  if (encode::is_high_surrogate(point) && text.starts_with("\\u")) {
    auto behind = text.substr(2);
    const auto low = take_unit(behind);
    if (encode::is_low_surrogate(low)) {
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
      text = behind;
    }
  }
  const bool half = encode::is_high_surrogate(point) || encode::is_low_surrogate(point);
  encode::append_utf8(plain, half ? replacement_character : point);
}

std::string unescaped(std::string_view text) {
  constexpr std::string_view letters = "tnrf";
  constexpr std::string_view meanings = "\t\n\r\f";
  std::string plain;
  while (!text.empty()) {
    const auto c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      plain += c;
      continue;
    }
    if (text.empty()) break;
    const auto escaped = text.front();
    text.remove_prefix(1);
    const auto letter = letters.find(escaped);
    if (escaped == 'u') {
      append_point(plain, text);
    } else {
      plain += letter == std::string_view::npos ? escaped : meanings[letter];
    }
  }
  return plain;
}

/// Where the name ends: at the first separator that is not escaped.
std::size_t end_of_name(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '=' || line[at] == ':' || blanks.find(line[at]) != std::string_view::npos) {
      return at;
    }
  }
  return line.size();
}

void append_unit(std::string& escaped, unsigned unit) {
  escaped += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) escaped += "0123456789ABCDEF"[(unit >> shift) & 15U];
}

/// The character at the start, which is not ASCII; an octet that is no UTF-8 as Latin-1.
std::size_t append_multibyte(std::string& escaped, std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(text[at])); };
  const auto length = encode::multibyte_length(text);
  if (length == 0) {
    append_unit(escaped, octet(0));
    return 1;
  }
  auto point = octet(0) & (0xFFU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) point = (point << 6U) | (octet(at) & 0x3FU);
  if (point > 0xFFFF) {
    append_unit(escaped, 0xD800 + ((point - 0x10000) >> 10U));
    point = 0xDC00 + ((point - 0x10000) & 0x3FFU);
  }
  append_unit(escaped, point);
  return length;
}

/// @param everywhere  what needs a backslash wherever it stands; a blank at the beginning always does
std::string escaped(std::string_view text, std::string_view everywhere) {
  constexpr std::string_view controls = "\t\n\r\f";
  std::string line;
  for (bool first = true; !text.empty(); first = false) {
    const auto c = text.front();
    std::size_t length = 1;
    if (const auto control = controls.find(c); control != std::string_view::npos) {
      line.append("\\").append(1, "tnrf"[control]);
    } else if (c == '\\' || (first && c == ' ') || everywhere.find(c) != std::string_view::npos) {
      line.append("\\").append(1, c);
    } else if (static_cast<unsigned char>(c) >= 0x80U) {
      length = append_multibyte(line, text);
    } else if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') {
      append_unit(line, static_cast<unsigned char>(c));
    } else {
      line += c;
    }
    text.remove_prefix(length);
  }
  return line;
}

}  // namespace

Properties read_java_properties(std::string_view text) {
  Properties properties;
  NaturalLines lines(text);
  for (std::string line; next_logical(lines, line);) {
    auto value = std::string_view(line);
    const auto name = value.substr(0, end_of_name(value));
    value.remove_prefix(name.size());
    drop_blanks(value);
    if (value.starts_with('=') || value.starts_with(':')) value.remove_prefix(1);
    drop_blanks(value);
    try {
      properties[unescaped(name)] = unescaped(value);
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument("line " + std::to_string(lines.number()) + " " + error.what());
    }
  }
  return properties;
}

std::string java_property(std::string_view name, std::string_view value) {
  return escaped(name, " =:#!") + '=' + escaped(value, "");
}

}  // namespace relay::cli
