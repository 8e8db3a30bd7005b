#include "relay/config/help.hpp"

#include <algorithm>

namespace relay::config {
namespace {

constexpr std::size_t width = 110;
constexpr std::size_t option_indent = 34;

std::string default_of(const Option& option) {
  if (option.required) return " [required]";
  if (!option.fallback_note.empty()) return " [" + std::string(option.fallback_note) + "]";
  if (option.fallback.empty() || std::holds_alternative<Flag>(option.type)) return "";
  return " [" + std::string(option.fallback) + "]";
}

}  // namespace

std::string describe_options(std::span<const Group> heeded) {
  std::string text;
  for (const auto& option : options()) {
    if (std::find(heeded.begin(), heeded.end(), option.group) == heeded.end()) continue;
    const auto value = placeholder(option.type);
    const auto term = "--" + std::string(option.name) + (value.empty() ? "" : " ") + value;
    text += entry(term, std::string(option.meaning) + default_of(option), option_indent);
  }
  return text;
}

std::string entry(std::string_view term, std::string_view text, std::size_t indent) {
  std::string result = "  " + std::string(term);
  std::size_t column = result.size();
  const auto next_line = [&] {
    result += '\n' + std::string(indent, ' ');
    column = indent;
  };
  if (column + 2 > indent) {
    next_line();
  } else {
    result.append(indent - column, ' ');
    column = indent;
  }
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (column > indent && column + 1 + word.size() > width) next_line();
    if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result + '\n';
}

}  // namespace relay::config
