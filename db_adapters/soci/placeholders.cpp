#include "db_adapters/soci/placeholders.hpp"

#include <algorithm>
#include <cctype>

namespace db::soci_adapter {

namespace {

bool in_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// How long the quoted text is that begins here; a doubled quote is simply the next one's beginning.
std::size_t quoted(std::string_view text) {
  const auto end = text.find(text.front(), 1);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

Positional positional(std::string_view sql) {
  Positional result;
  std::vector<std::string_view> names;
  while (!sql.empty()) {
    std::size_t length = 1;
    if (sql.front() == '\'' || sql.front() == '"') {
      length = quoted(sql);
    } else if (sql.starts_with("::")) {
      length = 2;
    } else if (sql.front() == '?' || (sql.front() == ':' && sql.size() > 1 && in_name(sql[1]))) {
      const auto end = std::find_if_not(sql.begin() + 1, sql.end(), in_name);
      length = sql.front() == '?' ? 1 : static_cast<std::size_t>(end - sql.begin());
      const auto name = sql.substr(0, length);
      const auto known = name == "?" ? names.end() : std::ranges::find(names, name);
      result.order.push_back(static_cast<std::size_t>(known - names.begin()));
      if (known == names.end()) names.push_back(name);
      result.sql += '?';
      sql.remove_prefix(length);
      continue;
    }
    result.sql += sql.substr(0, length);
    sql.remove_prefix(length);
  }
  result.parameters = names.size();
  return result;
}

}  // namespace db::soci_adapter
