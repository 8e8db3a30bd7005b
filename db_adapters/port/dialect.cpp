#include "db_adapters/port/dialect.hpp"

#include <stdexcept>

namespace db {

std::string Dialect::identifier_part(std::string_view part) const {
  std::string quoted(1, quote);
  for (const char c : part) {
    if (c == quote) quoted += quote;
    quoted += c;
  }
  quoted += quote;
  return quoted;
}

std::string Dialect::identifier(std::string_view path) const {
  const auto dot = path.find('.');
  if (dot == std::string_view::npos) return identifier_part(path);
  return identifier_part(path.substr(0, dot)) + '.' + identifier(path.substr(dot + 1));
}

std::string Dialect::list(std::span<const std::int64_t> numbers) const {
  const bool array = list_form == ListForm::postgres_array;
  std::string text(1, array ? '{' : '[');
  text.reserve(numbers.size() * 11 + 2);
  for (const auto number : numbers) {
    if (text.size() > 1) text += ',';
    text += std::to_string(number);
  }
  text += array ? '}' : ']';
  return text;
}

Statement render(std::string_view name, std::string_view text, const std::map<std::string, std::string, std::less<>>& fragments) {
  std::string sql;
  while (true) {
    const auto begin = text.find(":\"");
    sql += text.substr(0, begin);
    if (begin == std::string_view::npos) return {name, std::move(sql)};
    const auto end = text.find('"', begin + 2);
    if (end == std::string_view::npos) throw std::logic_error("query " + std::string(name) + ": :\" without its end");
    const auto word = text.substr(begin + 2, end - begin - 2);
    const auto fragment = fragments.find(word);
    if (fragment == fragments.end()) throw std::logic_error("query " + std::string(name) + ": nothing for " + std::string(word));
    sql += fragment->second;
    text.remove_prefix(end + 1);
  }
}

}  // namespace db
