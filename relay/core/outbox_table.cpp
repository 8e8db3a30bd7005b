#include "relay/core/outbox_table.hpp"

#include "relay/domain/whole_number.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace relay::core {
namespace {

/// Where a dialect takes ids as text, they are filled in at every call: see run_for_ids.
constexpr std::string_view ids_placeholder = ":\"ids\"";

struct Wanted {
  std::string column;
  std::string_view option;  // that names it
  bool optional = false;
};

std::vector<Wanted> wanted_columns(const OutboxShape& shape) {
  const auto& roles = shape.columns;
  std::vector<Wanted> wanted{{shape.position_column(), "outbox.columns.position"},
                             {roles.id, "outbox.columns.id"},
                             {roles.aggregate_id, "outbox.columns.aggregate-id"},
                             {roles.aggregate_type, "outbox.columns.aggregate-type"},
                             {roles.event_type, "outbox.columns.event-type"},
                             {roles.created_at, "outbox.columns.created-at"},
                             {roles.payload, "outbox.columns.payload"},
                             {roles.headers, "outbox.columns.headers", true}};
  for (const auto& column : shape.more_columns)
    wanted.push_back({column, "message.topic, message.key, message.headers or outbox.extra-columns"});
  for (const auto& column : shape.optional_columns) wanted.push_back({column, "outbox.extra-columns", true});
  return wanted;
}

std::pair<std::string, std::string> split_name(const std::string& table) {
  const auto dot = table.rfind('.');
  if (dot == std::string::npos) return {"", table};
  return {table.substr(0, dot), table.substr(dot + 1)};
}

/// How the queries take a table by its name: the schema or NULL, and the name.
std::array<db::Parameter, 2> named(std::string_view schema, std::string_view name) {
  return {schema.empty() ? db::Parameter(db::Null{}) : db::Parameter(schema), name};
}

bool declares(const std::vector<DeclaredColumn>& columns, const std::string& name) {
  return std::ranges::any_of(columns, [&](const auto& column) { return column.name == name; });
}

/// The columns to read, each once, in the order of the layout.
std::vector<std::string> selected_columns(const std::vector<DeclaredColumn>& declared, const OutboxShape& shape) {
  std::vector<std::string> selected;
  for (const auto& [column, option, optional] : wanted_columns(shape)) {
    if (column.empty()) continue;
    if (!declares(declared, column)) {
      if (optional) continue;
      throw SchemaError("column \"" + column + "\" not found in table " + shape.table + ". Columns there: " + names_of(declared) +
                        ". Name it with " + std::string(option) + ".");
    }
    if (std::ranges::find(selected, column) == selected.end()) selected.push_back(column);
  }
  return selected;
}

/// In delete mode all rows are taken for unsent: those that were sent, and are kept, would be sent again and deleted.
void refuse_other_variant(const std::vector<DeclaredColumn>& declared, const OutboxShape& shape) {
  const bool mark = shape.dispose == Dispose::mark;
  if (mark == declares(declared, shape.sent_at)) return;
  if (mark) {
    throw SchemaError("column \"" + shape.sent_at + "\" not found in table " + shape.table +
                      ", and outbox.dispose = mark needs it. Columns there: " + names_of(declared) +
                      ". Add it (sql/README.md) or name it with outbox.columns.sent-at.");
  }
  throw SchemaError("table " + shape.table + " has the column \"" + shape.sent_at +
                    "\", so it keeps the rows that were sent, and outbox.dispose = delete would send them again and delete them. "
                    "Set outbox.dispose = mark; or, where that column is the application's own, name another one with "
                    "outbox.columns.sent-at.");
}

std::map<std::string, std::string, std::less<>> fragments_of(const db::Dialect& dialect, const OutboxShape& shape,
                                                             const std::vector<std::string>& selected) {
  std::string columns;
  for (const auto& column : selected) columns += (columns.empty() ? "" : ", ") + dialect.identifier_part(column);
  const auto sent_at = dialect.identifier_part(shape.sent_at);
  return {{"table", dialect.identifier(shape.table)},
          {"columns", columns},
          {"position", dialect.identifier_part(shape.position_column())},
          {"created_at", shape.columns.created_at.empty() ? "NULL" : dialect.identifier_part(shape.columns.created_at)},
          {"sent_at", sent_at},
          {"ids", std::string(ids_placeholder)},
          {"unsent", shape.dispose == Dispose::mark ? sent_at + " IS NULL" : "1 = 1"}};
}

[[noreturn]] void refuse_position(const std::vector<DeclaredColumn>& declared, const OutboxShape& shape) {
  const auto column = std::ranges::find(declared, shape.position_column(), &DeclaredColumn::name);
  throw SchemaError(
      "column \"" + column->name + "\" of table " + shape.table + " is of type " + column->type +
      ", but rows are ordered by an integer that grows with every INSERT. Name such a column with outbox.columns.position.");
}

/// Behind a view its writers cannot be seen, so no gap could be proven dead (guarantees.md, Late commits, 4).
void refuse_what_is_no_table(db::Session& session, const OutboxTable& table, const db::Statement& not_a_table) {
  const auto rows = session.run(not_a_table, named(table.schema, table.name));
  if (rows.empty()) return;
  throw SchemaError(table.shape.table + " is " + std::string(rows[0][0].bytes()) +
                    ", and the relay reads only tables: name the table behind it with outbox.table.");
}

/// The layout as the database types it: from a claim that finds nothing. PostgreSQL does not even compare a text with a number.
Layout read_layout(db::Session& session, const OutboxTable& table, const std::vector<DeclaredColumn>& declared) {
  const std::array<db::Parameter, 2> nothing{highest_position, std::int64_t{1}};
  try {
    const auto rows = session.run(table.claim_forward, nothing);
    const auto found = rows.columns().first(rows.columns().size() - 1);  // the last one says whether this is a reader
    std::vector<Column> columns(found.begin(), found.end());
    for (auto& column : columns) {
      const auto declaration = std::ranges::find(declared, column.name, &DeclaredColumn::name);
      if (declaration == declared.end()) continue;
      column.type = declaration->type;
      column.nullable = declaration->nullable;
      column.keeps_json_tree = column.kind == ColumnKind::json && table.dialect->keeps_json_trees;
    }
    return Layout(std::move(columns));
  } catch (const db::DbError& error) {
    const auto& type = std::ranges::find(declared, table.shape.position_column(), &DeclaredColumn::name)->type;
    const bool own_fault = !error.transient() && error.failure() != db::Failure::privilege && type.find("int") == std::string::npos;
    if (own_fault) refuse_position(declared, table.shape);
    throw;
  }
}

/// Where gaps cannot be proven anyway, nobody has to know.
PositionSource read_position_source(db::Session& session, const OutboxTable& table) {
  if (!table.dialect->proves_gaps) return {};
  const auto& column = table.shape.position_column();
  const auto [schema, name] = table.own_name();
  const std::array<db::Parameter, 3> parameters{schema, name, std::string_view(column)};
  const auto rows = session.run(db::render("position_source", table.dialect->queries->position_source, {}), parameters);
  if (rows.empty()) return {};
  return {
      .increment = whole_number<std::int64_t>(rows[0][0], 1), .ahead = whole_number<std::int64_t>(rows[0][1], 1), .counted = true};
}

/// Where a database does not show its indexes, a claim is what finds out (Claim::twins).
void require_unique_position(db::Session& session, const OutboxTable& table) {
  const auto [schema, name] = table.own_name();
  const auto& column = table.shape.position_column();
  const std::array<db::Parameter, 5> parameters{schema, name, std::string_view(column), schema, name};
  try {
    const auto rows = session.run(db::render("position_unique", table.dialect->queries->position_unique, {}), parameters);
    if (rows.empty() || rows[0][0].bytes() != "0") return;
  } catch (const db::DbError& error) {
    if (error.transient() || !session.usable()) throw;
    return;
  }
  throw SchemaError(not_unique(table.shape));
}

/// A missing right is told at once, not when the first rows are in Kafka and cannot be settled.
void require_right_to_settle(db::Session& session, const OutboxTable& table) {
  table.run_for_ids(session, table.settle_list, {});
}

}  // namespace

std::string names_of(const std::vector<DeclaredColumn>& columns) {
  std::string names;
  for (const auto& column : columns) names += (names.empty() ? "" : ", ") + column.name;
  return names;
}

std::vector<DeclaredColumn> declared_columns(db::Session& session, const db::Dialect& dialect, const std::string& table) {
  const auto [schema, name] = split_name(table);
  const auto rows = session.run(db::render("table_columns", dialect.queries->table_columns, {}), named(schema, name));
  std::vector<DeclaredColumn> columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    columns.push_back({std::string(rows[i][0].bytes()), std::string(rows[i][1].bytes()), rows[i][2].bytes() != "0"});
  }
  return columns;
}

std::string not_unique(const OutboxShape& shape) {
  return "column \"" + shape.position_column() + "\" of table " + shape.table +
         " is not unique, and a row is settled by it: rows that were never sent would go with others. Give it a unique index of "
         "its own, "
         "or name another column with outbox.columns.position.";
}

OutboxTable open_outbox(db::Session& session, const db::Dialect& dialect, const OutboxShape& shape) {
  const auto declared = declared_columns(session, dialect, shape.table);
  if (declared.empty()) {
    throw SchemaError(
        "table " + shape.table +
        " not found. Create it with `outbox-relay init` or from sql/, grant this role its rights as grants.sql in sql/ does "
        "(some databases hide a table without them), or name another one with outbox.table.");
  }
  const auto selected = selected_columns(declared, shape);
  refuse_other_variant(declared, shape);
  const bool mark = shape.dispose == Dispose::mark;
  const auto& queries = *dialect.queries;

  OutboxTable table;
  table.dialect = &dialect;
  table.shape = shape;
  std::tie(table.schema, table.name) = split_name(shape.table);
  table.fragments_ = fragments_of(dialect, shape, selected);
  table.claim_forward = db::render("claim_forward", queries.claim_forward, table.fragments_);
  table.claim_ids = db::render("claim_ids", queries.claim_ids, table.fragments_);
  table.settle_range = mark ? db::render("settle_mark_range", queries.settle_mark_range, table.fragments_)
                            : db::render("settle_delete_range", queries.settle_delete_range, table.fragments_);
  table.settle_list = mark ? db::render("settle_mark_list", queries.settle_mark_list, table.fragments_)
                           : db::render("settle_delete_list", queries.settle_delete_list, table.fragments_);
  table.gap_writers = db::render("gap_writers", queries.gap_writers, table.fragments_);
  table.backlog = db::render("backlog", queries.backlog, table.fragments_);
  refuse_what_is_no_table(session, table, db::render("not_a_table", queries.not_a_table, table.fragments_));
  table.layout = read_layout(session, table, declared);
  table.position_index = table.layout.index_of(shape.position_column()).value();
  table.created_at_index = table.layout.index_of(shape.columns.created_at);
  if (table.layout.columns()[table.position_index].kind != ColumnKind::integer) refuse_position(declared, shape);
  table.source = read_position_source(session, table);
  if (!table.source.counted) require_unique_position(session, table);
  require_right_to_settle(session, table);
  return table;
}

std::array<db::Parameter, 2> OutboxTable::own_name() const {
  return named(schema, name);
}

db::ResultSet OutboxTable::run_for_ids(db::Session& session, const db::Statement& statement, std::span<const Position> ids) const {
  if (dialect->inline_ids == 0) {
    const auto list = dialect->list(ids);
    const std::array<db::Parameter, 1> parameters{std::string_view(list)};
    return session.run(statement, parameters);
  }
  std::string text;
  for (const auto id : ids) text += (text.empty() ? "" : ",") + std::to_string(id);
  if (text.empty()) text = "NULL";
  return session.run(db::render(statement.name, statement.sql, {{"ids", text}}), {});
}

std::size_t OutboxTable::ids_a_statement() const noexcept {
  constexpr std::size_t bound_at_once = 5000;
  return dialect->inline_ids == 0 ? bound_at_once : dialect->inline_ids;
}

db::Statement OutboxTable::claim_gaps(std::span<const Interval> gaps) const {
  auto fragments = fragments_;
  const auto& position = fragments_.at("position");
  std::string& predicate = fragments["gaps"];
  if (dialect->gaps_inline) {
    for (const auto& gap : gaps) {
      predicate += (predicate.empty() ? "(" : " OR ") + position + " BETWEEN " + std::to_string(gap.low) + " AND " +
                   std::to_string(gap.high);
    }
    predicate += ")";
  }
  return db::render("claim_gaps", dialect->queries->claim_gaps, fragments);
}

db::Statement OutboxTable::query(std::string_view query_name, std::string_view text, Fragments more) const {
  more.insert(fragments_.begin(), fragments_.end());
  return db::render(query_name, text, more);
}

}  // namespace relay::core
