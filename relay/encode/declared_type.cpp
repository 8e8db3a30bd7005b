#include "relay/encode/declared_type.hpp"

#include <cctype>
#include <charconv>

namespace relay::encode {

namespace {

/// `'a','it''s'` from the first quote on. @return what stands behind the list's closing bracket
std::string_view read_labels(std::string_view rest, std::vector<std::string>& labels) {
  while (rest.starts_with('\'')) {
    rest.remove_prefix(1);
    std::string label;
    while (!rest.empty() && (rest[0] != '\'' || rest.substr(1).starts_with('\''))) {
      if (rest[0] == '\'') rest.remove_prefix(1);
      label += rest[0];
      rest.remove_prefix(1);
    }
    labels.push_back(std::move(label));
    if (!rest.empty()) rest.remove_prefix(1);
    if (rest.starts_with(',')) rest.remove_prefix(1);
  }
  return rest.starts_with(')') ? rest.substr(1) : rest;
}

std::string_view read_numbers(std::string_view rest, std::vector<int>& numbers) {
  while (!rest.empty() && rest[0] != ')') {
    int number = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (error == std::errc{}) numbers.push_back(number);
    rest.remove_prefix(error == std::errc{} ? static_cast<std::size_t>(end - rest.data()) : 1);
  }
  return rest.empty() ? rest : rest.substr(1);
}

bool take_suffix(std::string& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

}  // namespace

DeclaredType parse_declared_type(std::string_view text) {
  DeclaredType type;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest[0] == '(') {
      rest.remove_prefix(1);
      rest = rest.starts_with('\'') ? read_labels(rest, type.labels) : read_numbers(rest, type.arguments);
    } else {
      type.base += static_cast<char>(std::tolower(static_cast<unsigned char>(rest[0])));
      rest.remove_prefix(1);
    }
  }
  (void)take_suffix(type.base, " zerofill");
  type.is_unsigned = take_suffix(type.base, " unsigned");
  type.is_array = take_suffix(type.base, "[]");
  return type;
}

}  // namespace relay::encode
