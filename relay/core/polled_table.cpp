#include "relay/core/polled_table.hpp"

#include "relay/encode/topic_template.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace relay::core {
namespace {

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
  });
}

/// As the table writes it: databases differ in what they make of UPDATE_TS.
std::string declared_name(const std::vector<DeclaredColumn>& declared, const std::string& wanted, const std::string& table,
                          std::string_view option) {
  for (const auto& column : declared) {
    if (column.name == wanted) return wanted;
  }
  for (const auto& column : declared) {
    if (same_name(column.name, wanted)) return column.name;
  }
  throw SchemaError("column \"" + wanted + "\" not found in table " + table + ". Columns there: " + names_of(declared) +
                    ". Name it with " + std::string(option) + ".");
}

void use_declared_names(PolledShape& shape, const std::vector<DeclaredColumn>& declared) {
  const auto name = [&](std::string& column, std::string_view option) {
    if (!column.empty()) column = declared_name(declared, column, shape.table, option);
  };
  name(shape.time, "table.timestamp-column");
  name(shape.id, "table.id-column");
  name(shape.deleted, "table.deleted-column");
  for (auto& column : shape.include) name(column, "table.columns");
  for (auto& column : shape.exclude) name(column, "table.columns");
  for (auto& column : shape.key_columns) name(column, "table.key-columns");
  for (auto& column : shape.more_columns) name(column, "message.topic or message.headers");
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> members_of(const std::vector<DeclaredColumn>& declared, const PolledShape& shape) {
  std::vector<std::string> members;
  for (const auto& column : declared) {
    const bool wanted = shape.include.empty() ? !contains(shape.exclude, column.name) : contains(shape.include, column.name);
    if (wanted) members.push_back(column.name);
  }
  return members;
}

/// The columns to read, in the table's order: those of the message, and those that say which message it is.
std::vector<std::string> selected_columns(const std::vector<DeclaredColumn>& declared, const PolledShape& shape,
                                          const std::vector<std::string>& members) {
  std::vector<std::string> selected;
  for (const auto& column : declared) {
    const auto& name = column.name;
    const bool wanted = contains(members, name) || contains(shape.key_columns, name) || contains(shape.more_columns, name) ||
                        name == shape.time || name == shape.id || name == shape.deleted;
    if (wanted) selected.push_back(name);
  }
  return selected;
}

/// A template with its columns renamed.
template <typename Name>
std::string renamed_topic(const std::string& topic, const Name& name) {
  std::string renamed;
  for (auto& [text, column] : encode::parse_topic_template(topic)) {
    for (const char c : text) renamed.append(c == '{' || c == '}' ? 2 : 1, c);
    if (!column) continue;
    name(*column);
    renamed += '{' + *column + '}';
  }
  return renamed;
}

std::string listed(const db::Dialect& dialect, const std::vector<std::string>& columns, std::string_view behind = {}) {
  std::string list;
  for (const auto& column : columns) {
    if (column.empty()) continue;
    list.append(list.empty() ? "" : ", ").append(dialect.identifier_part(column)).append(behind);
  }
  return list;
}

std::string find_index(db::Session& session, const db::Dialect& dialect, const PolledShape& shape) {
  if (shape.time.empty()) return {};
  const auto dot = shape.table.rfind('.');
  const auto schema = dot == std::string::npos ? std::string() : shape.table.substr(0, dot);
  const auto name = shape.table.substr(dot == std::string::npos ? 0 : dot + 1);
  const std::string_view second = shape.id.empty() ? shape.time : shape.id;
  const std::array<db::Parameter, 5> parameters{
      schema.empty() ? db::Parameter(db::Null{}) : db::Parameter(std::string_view(schema)), std::string_view(name),
      std::string_view(shape.time), second, second};
  const auto rows = session.run(db::render("table_index", dialect.queries->table_index, {}), parameters);
  return rows.empty() ? "" : std::string(rows[0][0].bytes());
}

Layout read_layout(db::Session& session, const db::Statement& nothing, const std::vector<DeclaredColumn>& declared) {
  const auto rows = session.run(nothing, {});
  std::vector<Column> columns(rows.columns().begin(), rows.columns().end());
  for (auto& column : columns) {
    const auto declaration = std::ranges::find(declared, column.name, &DeclaredColumn::name);
    if (declaration == declared.end()) continue;
    column.type = declaration->type;
    column.nullable = declaration->nullable;
  }
  return Layout(std::move(columns));
}

std::optional<Micros> instant(const Cell& cell) {
  return cell.is_null() ? std::nullopt : parse_timestamp(cell.bytes());
}

/// Times that databases know and no calendar of ours: the ends of time. None: `text` is no time.
std::optional<Micros> end_of_time(std::string_view text) {
  if (text == "infinity") return latest_time;
  if (text == "-infinity" || text.ends_with(" BC")) return earliest_time;
  const auto year = text.substr(0, text.find('-'));
  if (year.size() < 4 || year.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return year.size() > 4 ? latest_time : earliest_time;  // 12026-01-02; MySQL's 0000-00-00 and 2026-00-00
}

/// A day is no time: what was written later the same day would lie behind the look-back.
void require_time(const Column& column, const std::string& table) {
  if (column.kind == ColumnKind::timestamp || column.kind == ColumnKind::text || column.kind == ColumnKind::other) return;
  throw SchemaError("column \"" + column.name + "\" of table " + table + " is " + column.type +
                    ", not a timestamp. Name another one with table.timestamp-column.");
}

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto octet = static_cast<unsigned char>(byte);
    text += "0123456789abcdef"[octet >> 4U];
    text += "0123456789abcdef"[octet & 15U];
  }
  return text;
}

std::string bytes_of(std::string_view hexadecimal) {
  std::string bytes;
  for (; hexadecimal.size() >= 2; hexadecimal.remove_prefix(2)) {
    unsigned octet = 0;
    std::from_chars(hexadecimal.data(), hexadecimal.data() + 2, octet, 16);
    bytes.push_back(static_cast<char>(octet));
  }
  return bytes;
}

/// As a TablePoint has it.
std::string id_text(const Column& column, const Cell& cell) {
  return column.kind == ColumnKind::bytes ? hexadecimal(cell.bytes()) : std::string(cell.bytes());
}

}  // namespace

TableKeys PolledShape::keys() const noexcept {
  if (time.empty()) return TableKeys::id;
  return id.empty() ? TableKeys::time : TableKeys::time_and_id;
}

PolledTable open_polled_table(db::Session& session, const db::Dialect& dialect, const PolledShape& shape) {
  if (!dialect.polls_tables) {
    throw SchemaError(
        "source.mode = table is for PostgreSQL, MySQL, MariaDB and SQLite; use an outbox here (source.mode = outbox)");
  }
  const auto declared = declared_columns(session, dialect, shape.table);
  if (declared.empty()) throw SchemaError("table " + shape.table + " not found. Name another one with table.name.");

  PolledTable table;
  table.dialect = &dialect;
  table.shape = shape;
  use_declared_names(table.shape, declared);
  table.members = members_of(declared, table.shape);
  const auto selected = selected_columns(declared, table.shape, table.members);
  table.index = find_index(session, dialect, table.shape);
  const auto& queries = *dialect.queries;
  const auto hint = table.index.empty()
                        ? std::string()
                        : db::render("table_hint", queries.table_hint, {{"index", dialect.identifier_part(table.index)}}).sql;
  const std::vector<std::string> order{table.shape.time, table.shape.id};
  const auto first = dialect.identifier_part(table.shape.time.empty() ? table.shape.id : table.shape.time);
  table.fragments_ = {{"table", dialect.identifier(shape.table)},
                      {"columns", listed(dialect, selected)},
                      {"hint", hint},
                      {"first", first},
                      {"time", dialect.identifier_part(table.shape.time)},
                      {"id", dialect.identifier_part(table.shape.id)},
                      {"order", listed(dialect, order)},
                      {"descending", listed(dialect, order, " DESC")},
                      {"where", shape.where.empty() ? "1 = 1" : "(" + shape.where + ")"}};
  table.last = db::render("table_last", queries.table_last, table.fragments_);
  table.horizon = db::render("table_horizon", queries.table_horizon, {});
  table.clock = db::render("table_clock", queries.table_clock, {});
  auto nothing = table.fragments_;
  nothing.insert({{"after", "1 = 0"}, {"limit", "1"}});
  table.layout = read_layout(session, db::render("table_page", queries.table_page, nothing), declared);
  table.time_index = table.layout.index_of(table.shape.time);
  table.id_index = table.layout.index_of(table.shape.id);
  if (table.time_index) {
    require_time(table.layout.columns()[*table.time_index], table.shape.table);
    const auto& type = table.layout.columns()[*table.time_index].type;
    table.knows_zone = type.find("with time zone") != std::string::npos || type.starts_with("timestamp(") || type == "timestamp";
    if (type.find("without time zone") != std::string::npos) table.knows_zone = false;
  }
  return table;
}

std::string PolledTable::predicate(TablePoint::Kind kind) const {
  const auto& queries = *dialect->queries;
  switch (kind) {
    case TablePoint::Kind::beginning:
      return db::render("table_any", queries.table_any, fragments_).sql;
    case TablePoint::Kind::time:
      return db::render("table_from", queries.table_from, fragments_).sql;
    case TablePoint::Kind::row:
      break;
  }
  return shape.time.empty() ? db::render("table_above", queries.table_above, fragments_).sql
                            : db::render("table_after", queries.table_after, fragments_).sql;
}

db::Statement PolledTable::page(TablePoint::Kind kind, std::size_t limit) const {
  auto fragments = fragments_;
  fragments["after"] = predicate(kind);
  fragments["limit"] = std::to_string(limit);
  return db::render("table_page", dialect->queries->table_page, fragments);
}

db::ResultSet PolledTable::read_page(db::Session& session, const TablePoint& after, std::size_t limit,
                                     std::size_t max_bytes) const {
  const std::string_view time = after.time;
  const auto bytes = bytes_of(after.id);
  db::Parameter id = std::string_view(after.id);
  std::int64_t number = 0;
  if (const auto kind = layout.columns()[id_index.value_or(0)].kind; kind == ColumnKind::bytes) {
    id = db::Bytes{bytes};
  } else if (const auto* end = after.id.data() + after.id.size(); kind == ColumnKind::integer) {
    const auto [behind, error] = std::from_chars(after.id.data(), end, number);
    if (error == std::errc{} && behind == end) id = number;
  }
  std::vector<db::Parameter> parameters;
  if (after.kind == TablePoint::Kind::time) parameters = {time};
  if (after.kind == TablePoint::Kind::row && shape.time.empty()) parameters = {id};
  if (after.kind == TablePoint::Kind::row && !shape.time.empty()) parameters = {time, id, time};
  return session.run(page(after.kind, limit), parameters, max_bytes);
}

encode::MessageShape PolledTable::message_shape(encode::MessageShape message) const {
  const auto name = [&](std::string& column) {
    if (layout.index_of(column)) return;
    const auto found = std::ranges::find_if(layout.columns(), [&](const auto& there) { return same_name(there.name, column); });
    if (found != layout.columns().end()) column = found->name;
  };
  name(message.key);
  for (auto& column : message.key_columns) name(column);
  for (auto& column : message.headers) name(column);
  message.topic = renamed_topic(message.topic, name);
  message.members = members;
  message.deleted_column = shape.deleted;
  message.timestamp_column = shape.time;
  return message;
}

SentVersion PolledTable::version_of(std::span<const Cell> cells) const {
  SentVersion version;
  version.fingerprint = fingerprint(cells);
  version.key = id_index ? row_key(cells[*id_index].bytes()) : version.fingerprint | 1U;
  if (!time_index) return version;
  const auto text = cells[*time_index].bytes();
  const auto time = parse_timestamp(text);
  version.time = time ? *time : end_of_time(text).value_or(earliest_time);
  return version;
}

std::optional<Fault> PolledTable::time_fault(std::span<const Cell> cells) const {
  if (!time_index) return std::nullopt;
  const auto text = cells[*time_index].bytes();
  if (parse_timestamp(text) || end_of_time(text)) return std::nullopt;
  return Fault{Blame::row, "column \"" + shape.time + "\" holds " + std::string(text) + ", which is no time: correct the row"};
}

TablePoint PolledTable::point_of(std::span<const Cell> cells) const {
  TablePoint point{.kind = id_index ? TablePoint::Kind::row : TablePoint::Kind::time};
  if (time_index) point.time = cells[*time_index].bytes();
  if (id_index) point.id = id_text(layout.columns()[*id_index], cells[*id_index]);
  return point;
}

std::optional<TableEnd> read_end(db::Session& session, const PolledTable& table) {
  const auto rows = session.run(table.last, {});
  if (rows.empty()) return std::nullopt;
  const auto cells = rows[0];
  TableEnd end{.point = {.kind = table.id_index ? TablePoint::Kind::row : TablePoint::Kind::time}, .time = {}};
  std::size_t next = 0;
  if (table.time_index) {
    end.point.time = cells[next].bytes();
    end.time = instant(cells[next++]);
  }
  if (table.id_index) end.point.id = id_text(table.layout.columns()[*table.id_index], cells[next]);
  return end;
}

Horizon read_horizon(db::Session& session, const PolledTable& table) {
  Horizon horizon;
  const auto take = [&](const db::ResultSet& rows) {
    const auto cells = rows[0];
    if (cells[1].bytes() == "1") {
      throw db::DbError(db::Failure::read_only, "", "the server that answered is read-only (a reader, or a fail-over)");
    }
    horizon.now = instant(cells[0]).value_or(0);
    if (cells.size() < 5) return;
    horizon.oldest_start = instant(cells[2]);
    horizon.held = cells[3].bytes() != "0";
    horizon.sees_writers = cells[4].bytes() == "1";
  };
  try {
    take(session.run(table.horizon, {}));
  } catch (const db::DbError& error) {
    const bool may_not = error.failure() == db::Failure::privilege || error.failure() == db::Failure::missing_object;
    if (!may_not) throw;
    take(session.run(table.clock, {}));
  }
  return horizon;
}

}  // namespace relay::core
