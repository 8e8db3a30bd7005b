#include "db_adapters/mysql/literals.hpp"

#include <algorithm>
#include <cctype>

namespace db::mysql {

namespace {

/// @return where the quoted text, comment or single character that starts at `begin` ends
std::size_t skip(std::string_view sql, std::size_t begin, bool backslash_escapes) noexcept {
  const auto end_at = [&](std::string_view closing, std::size_t from) {
    const auto found = sql.find(closing, from);
    return found == std::string_view::npos ? sql.size() : found + closing.size();
  };
  const auto rest = sql.substr(begin);
  const char first = rest.front();
  if (first == '#' || (rest.starts_with("--") && (rest.size() == 2 || std::isspace(static_cast<unsigned char>(rest[2])) != 0))) {
    return end_at("\n", begin);
  }
  if (rest.starts_with("/*")) return end_at("*/", begin + 2);
  if (first != '\'' && first != '"' && first != '`') return begin + 1;
  for (auto at = begin + 1; at < sql.size(); ++at) {
    if (sql[at] == '\\' && backslash_escapes && first != '`') {
      ++at;
    } else if (sql[at] == first) {
      return at + 1;  // a doubled quote reads as the end of one text and the start of the next: the same for a scan
    }
  }
  return sql.size();
}

void append_string(std::string& sql, std::string_view octets, bool backslash_escapes) {
  sql += '\'';
  while (true) {
    const auto special = octets.find_first_of(backslash_escapes ? std::string_view("'\\") : std::string_view("'"));
    sql += octets.substr(0, special);
    if (special == std::string_view::npos) break;
    sql.append(2, octets[special]);
    octets.remove_prefix(special + 1);
  }
  sql += '\'';
}

class Append {
 public:
  Append(std::string& sql, bool backslash_escapes) : sql_(sql), backslash_escapes_(backslash_escapes) {}

  void operator()(Null) const { sql_ += "NULL"; }
  void operator()(std::int64_t number) const { sql_ += std::to_string(number); }
  void operator()(std::string_view text) const { append_string(sql_, text, backslash_escapes_); }
  void operator()(Bytes bytes) const {
    sql_ += "_binary";
    append_string(sql_, bytes.octets, backslash_escapes_);
  }

 private:
  std::string& sql_;
  bool backslash_escapes_;
};

std::size_t room_for(std::span<const Parameter> parameters) {
  std::size_t room = 0;
  for (const auto& parameter : parameters) {
    if (const auto* text = std::get_if<std::string_view>(&parameter)) room += text->size();
    if (const auto* bytes = std::get_if<Bytes>(&parameter)) room += bytes->octets.size();
    room += 24;
  }
  return room;
}

}  // namespace

std::string with_literals(const Statement& statement, std::span<const Parameter> parameters, bool backslash_escapes) {
  const std::string_view text = statement.sql;
  std::string sql;
  sql.reserve(text.size() + room_for(parameters));
  std::size_t placeholders = 0;
  std::size_t copied = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '?') {
      at = skip(text, at, backslash_escapes);
      continue;
    }
    sql += text.substr(copied, at - copied);
    if (placeholders < parameters.size()) std::visit(Append(sql, backslash_escapes), parameters[placeholders]);
    ++placeholders;
    copied = ++at;
  }
  if (placeholders != parameters.size()) {
    throw DbError(Failure::bad_statement, "",
                  std::string(statement.name) + ": " + std::to_string(placeholders) + " placeholders, " +
                      std::to_string(parameters.size()) + " parameters");
  }
  sql += text.substr(copied);
  return sql;
}

bool only_reads(std::string_view sql) noexcept {
  std::size_t at = 0;
  while (at < sql.size() && std::isalpha(static_cast<unsigned char>(sql[at])) == 0) at = skip(sql, at, false);
  const auto word = sql.substr(at, 6);
  const auto is = [&](std::string_view keyword) {
    return std::ranges::equal(word.substr(0, keyword.size()), keyword,
                              [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
  };
  return is("SELECT") || is("SHOW");
}

}  // namespace db::mysql
