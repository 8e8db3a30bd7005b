#include "relay/cli/ddl.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace relay::cli {
namespace {

bool is_comment(std::string_view line) {
  return line.starts_with("--");
}

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

std::string renamed(const db::Dialect& dialect, std::string_view word, std::string_view table, std::string_view native) {
  if (word == native) return dialect.identifier(table);
  if (word == "outbox_dead") return dialect.identifier(std::string(table) + "_dead");
  const auto name = table.substr(table.rfind('.') + 1);  // an index lives in its table's schema and is named without it
  return dialect.identifier_part(std::string(name) + std::string(word.substr(native.size())));
}

std::string line_for(const db::Dialect& dialect, std::string_view line, std::string_view table, std::string_view native) {
  std::string result;
  while (!line.empty()) {
    const auto length = static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), in_word) - line.begin());
    const auto word = line.substr(0, length);
    const bool named = word == native || (word.starts_with(native) && word[native.size()] == '_');
    result += named ? renamed(dialect, word, table, native) : std::string(line.substr(0, std::max<std::size_t>(length, 1)));
    line.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

}  // namespace

std::string ddl_for(const db::Dialect& dialect, std::string_view ddl, std::string_view table, std::string_view native) {
  if (table == native) return std::string(ddl);
  std::string result;
  std::istringstream lines{std::string(ddl)};
  for (std::string line; std::getline(lines, line);)
    result += (is_comment(line) ? line : line_for(dialect, line, table, native)) + '\n';
  return result;
}

std::vector<std::string> statements_of(std::string_view ddl) {
  std::vector<std::string> statements;
  std::string statement;
  std::istringstream lines{std::string(ddl)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || is_comment(line)) continue;
    statement += line + '\n';
    if (!line.ends_with(';')) continue;
    statement.resize(statement.size() - 2);
    statements.push_back(std::move(statement));
    statement.clear();
  }
  return statements;
}

}  // namespace relay::cli
