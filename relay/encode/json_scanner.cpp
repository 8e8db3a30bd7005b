#include "relay/encode/json_scanner.hpp"

#include "relay/encode/json_text.hpp"

namespace relay::encode {

namespace {

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

void JsonScanner::blanks() noexcept {
  while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t')) rest_.remove_prefix(1);
}

bool JsonScanner::take(char wanted) noexcept {
  if (rest_.empty() || rest_[0] != wanted) return false;
  rest_.remove_prefix(1);
  return true;
}

std::optional<std::string_view> JsonScanner::value() {
  blanks();
  const std::string_view start = rest_;
  open_.clear();
  complete_ = false;
  while (!complete_) {
    if (!begin_value()) return std::nullopt;
  }
  return start.substr(0, start.size() - rest_.size());
}

/// Takes a value that has no others in it, or the opening of one that has.
bool JsonScanner::begin_value() {
  blanks();
  switch (ahead()) {
    case '{':
      rest_.remove_prefix(1);
      blanks();
      open_ += '}';
      return ahead() == '}' ? end_value() : member_name();
    case '[':
      rest_.remove_prefix(1);
      blanks();
      open_ += ']';
      return ahead() == ']' ? end_value() : true;
    case '"':
      return string() && end_value();
    case 't':
      return word("true") && end_value();
    case 'f':
      return word("false") && end_value();
    case 'n':
      return word("null") && end_value();
    default:
      return number() && end_value();
  }
}

/// Takes what may stand behind a value: brackets that close, and the comma before the next one.
bool JsonScanner::end_value() {
  while (!open_.empty()) {
    blanks();
    if (take(',')) return open_.back() == ']' || member_name();
    if (!take(open_.back())) return false;
    open_.pop_back();
  }
  complete_ = true;
  return true;
}

bool JsonScanner::member_name() noexcept {
  blanks();
  if (!string()) return false;
  blanks();
  return take(':');
}

bool JsonScanner::word(std::string_view wanted) noexcept {
  if (!rest_.starts_with(wanted)) return false;
  rest_.remove_prefix(wanted.size());
  return true;
}

std::optional<std::string_view> JsonScanner::string() noexcept {
  if (!take('"')) return std::nullopt;
  const std::string_view start = rest_;
  while (true) {
    rest_.remove_prefix(plain_run(rest_));
    if (take('"')) return start.substr(0, start.size() - rest_.size() - 1);
    if (take('\\')) {
      if (!escape()) return std::nullopt;
    } else {
      const std::size_t length = multibyte_length(rest_);
      if (length == 0) return std::nullopt;
      rest_.remove_prefix(length);
    }
  }
}

bool JsonScanner::escape() noexcept {
  if (rest_.empty()) return false;
  const char letter = rest_[0];
  rest_.remove_prefix(1);
  if (letter != 'u') return std::string_view{"\"\\/bfnrt"}.find(letter) != std::string_view::npos;
  const unsigned unit = hex4(rest_);
  if (unit > 0xFFFF || is_low_surrogate(unit)) return false;
  rest_.remove_prefix(4);
  if (!is_high_surrogate(unit)) return true;
  if (!rest_.starts_with("\\u") || !is_low_surrogate(hex4(rest_.substr(2)))) return false;
  rest_.remove_prefix(6);
  return true;
}

bool JsonScanner::digits() noexcept {
  if (!is_digit(ahead())) return false;
  while (is_digit(ahead())) rest_.remove_prefix(1);
  return true;
}

bool JsonScanner::number() noexcept {
  (void)take('-');
  if (!take('0') && !digits()) return false;
  if (take('.') && !digits()) return false;
  if (!take('e') && !take('E')) return true;
  if (!take('+')) (void)take('-');
  return digits();
}

bool is_json(std::string_view text) {
  JsonScanner in{text};
  if (!in.value()) return false;
  in.blanks();
  return in.at_end();
}

bool is_json_number(std::string_view text) noexcept {
  JsonScanner in{text};
  return in.number() && in.at_end();
}

}  // namespace relay::encode
