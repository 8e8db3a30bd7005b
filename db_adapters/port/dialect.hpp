#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace db {

struct Queries;  // generated from sql/<dialect>/queries.sql: one member per name in sql/queries.list

/// How a list of numbers is handed to a query as one text parameter.
enum class ListForm : std::uint8_t { postgres_array, json_array };

/// All that differs between databases and is not text in sql/<dialect>/queries.sql.
struct Dialect {
  std::string_view name;  ///< its folder in sql/
  char quote = '"';       ///< around identifiers; doubled inside
  ListForm list_form = ListForm::json_array;
  bool settles_many_ranges = false;  ///< settle_*_range takes lists of lows and highs; else one range a statement, with its count
  bool gaps_inline = false;          ///< claim_gaps gets its intervals as a predicate in place of :"gaps"; else as two lists
  std::size_t inline_ids = 0;        ///< 0: ids are bound as one list; else `1,2,3`, at most so many, stands in place of :"ids"
  bool proves_gaps = false;          ///< `gap_writers` can tell when an id can no longer appear (guarantees.md, Late commits, 4)
  bool keeps_json_trees = false;     ///< JSON columns store values, fractions as binary doubles, and print them anew
  bool polls_tables = false;         ///< the queries table_* can be relied on
  const Queries* queries = nullptr;  ///< static; never null in a registered dialect
  std::string_view outbox_delete_ddl{};  ///< sql/<dialect>/outbox_delete.sql, as users copy it
  std::string_view outbox_mark_ddl{};    ///< sql/<dialect>/outbox_mark.sql
  std::string_view lease_ddl{};          ///< sql/<dialect>/lease.sql
  std::string_view dead_ddl{};           ///< sql/<dialect>/dead.sql
  std::string_view cursor_ddl{};         ///< sql/<dialect>/cursor.sql

  /// `shop.out"box` -> `"shop"."out""box"`; each part between dots is one identifier.
  [[nodiscard]] std::string identifier(std::string_view name) const;
  /// One identifier, dots included: `out.box` -> `"out.box"`.
  [[nodiscard]] std::string identifier_part(std::string_view name) const;
  [[nodiscard]] std::string list(std::span<const std::int64_t> numbers) const;
};

/// A query with its identifiers filled in, ready to run again and again.
struct Statement {
  std::string_view name;  ///< the query's name, for errors and the log
  std::string sql;
};

/// Replaces each `:"word"` of a query's text by its SQL fragment (an identifier or a column list, quoted already).
/// @throws std::logic_error  a word that `fragments` does not have: the query and the code disagree
[[nodiscard]] Statement render(std::string_view name, std::string_view text,
                               const std::map<std::string, std::string, std::less<>>& fragments);

}  // namespace db
