#include "tests/goldens/columns.hpp"

#include <algorithm>

namespace goldens {
namespace {

/// Where the member's value ends that begins here: a string, or a number, boolean or null.
std::size_t end_of_value(const std::string& text, std::size_t at) {
  if (text[at] != '"') return text.find_first_of(",}", at);
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::string taken(std::string& text, std::size_t from, std::size_t to) {
  auto part = text.substr(from, to - from);
  text.erase(from, to - from);
  return part;
}

}  // namespace

std::string cut_column(std::string& value, const std::string& column) {
  const auto name = ",\"" + column + "\":";
  const auto member = value.find(name);  // a string's own quotes have a backslash before them
  if (member == std::string::npos) return {};
  auto cut = taken(value, member, end_of_value(value, member + name.size()));
  const auto field = ",\"field\":\"" + column + "\"}";
  if (const auto at = value.find(field); at != std::string::npos) {
    cut += taken(value, value.rfind(",{\"type\"", at), at + field.size());
  }
  return cut;
}

std::string first_difference(const std::string& wanted, const std::string& sent) {
  constexpr std::size_t around = 100;
  if (wanted == sent) return {};
  std::size_t at = 0;
  while (at < std::min(wanted.size(), sent.size()) && wanted[at] == sent[at]) ++at;
  const auto from = at < around ? 0 : at - around;
  return "wanted ..." + wanted.substr(from, 2 * around) + "... sent ..." + sent.substr(from, 2 * around);
}

KnownColumns::KnownColumns(const std::set<std::string>& differences, const std::string& capture) : capture_(capture + ' ') {
  for (const auto& line : differences) {
    if (line.starts_with(capture_)) all_.insert(line);
  }
  unused_ = all_;
}

void KnownColumns::cut(const std::string& label, std::string& wanted, std::string& sent) {
  for (const auto& line : all_) {
    const auto space = line.rfind(' ');
    const auto row = line.substr(capture_.size(), space - capture_.size());
    if (row != "*" && row != label) continue;
    const auto column = line.substr(space + 1);
    if (cut_column(wanted, column) != cut_column(sent, column)) unused_.erase(line);
  }
}

}  // namespace goldens
