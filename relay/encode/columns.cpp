#include "relay/encode/columns.hpp"

#include "relay/encode/topic_template.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace relay::encode {

namespace {

std::string names_of(const Layout& layout) {
  std::string names;
  for (const Column& column : layout.columns()) names += (names.empty() ? "" : ", ") + column.name;
  return names;
}

/// `event_type` -> the column that has that role; any other name is a column's own.
std::string column_of_role(std::string_view name, const ColumnRoles& roles) {
  const std::array<std::pair<std::string_view, std::string_view>, 7> role_columns{{
      {"id", roles.id},
      {"aggregate_type", roles.aggregate_type},
      {"aggregate_id", roles.aggregate_id},
      {"event_type", roles.event_type},
      {"payload", roles.payload},
      {"headers", roles.headers},
      {"created_at", roles.created_at},
  }};
  for (const auto& [role, column] : role_columns) {
    if (role == name) return std::string{column};
  }
  return std::string{name};
}

}  // namespace

std::vector<std::string> columns_of(const MessageShape& shape, const ColumnRoles& roles) {
  std::vector<std::string> columns{column_of_role(shape.key, roles)};
  for (const auto& part : parse_topic_template(shape.topic)) {
    if (part.column) columns.push_back(column_of_role(*part.column, roles));
  }
  for (const auto& name : shape.headers) columns.push_back(column_of_role(name, roles));
  for (const auto* name : {&shape.trace_column, &shape.schema_version}) {
    if (!name->empty()) columns.push_back(column_of_role(*name, roles));
  }
  if (shape.ignore_missing) return columns;
  for (const auto& extra : shape.extra_columns) columns.push_back(column_of_role(extra.column, roles));
  return columns;
}

std::vector<std::string> optional_columns_of(const MessageShape& shape, const ColumnRoles& roles) {
  std::vector<std::string> columns;
  if (!shape.ignore_missing) return columns;
  for (const auto& extra : shape.extra_columns) columns.push_back(column_of_role(extra.column, roles));
  return columns;
}

std::vector<FoundColumn> extra_columns(const MessageShape& shape, Placement placement, const ColumnRoles& roles,
                                       const Layout& layout) {
  std::vector<FoundColumn> found;
  for (const auto& [column, where, name] : shape.extra_columns) {
    if (where != placement) continue;
    if (shape.ignore_missing && !find_column(column, roles, layout)) continue;
    found.push_back({name, need_column("outbox.extra-columns", column, roles, layout)});
  }
  return found;
}

std::optional<std::size_t> find_column(std::string_view name, const ColumnRoles& roles, const Layout& layout) {
  if (const auto found = layout.index_of(column_of_role(name, roles))) return found;
  return layout.index_of(name);
}

std::size_t need_column(std::string_view option, std::string_view name, const ColumnRoles& roles, const Layout& layout) {
  if (const auto found = find_column(name, roles, layout)) return *found;
  throw std::invalid_argument(std::string{option} + ": there is no column \"" + std::string{name} +
                              "\"; columns: " + names_of(layout));
}

std::vector<FoundColumn> row_members(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  std::vector<FoundColumn> members;
  const auto add = [&](std::string name, std::size_t column) {
    const auto same = [&](const FoundColumn& member) { return member.column == column && member.name == name; };
    if (std::ranges::none_of(members, same)) members.push_back({std::move(name), column});
  };
  for (const auto& name : shape.members) add(name, need_column("table.columns", name, roles, layout));
  if (!members.empty()) return members;
  for (const std::string* role : {&roles.id, &roles.aggregate_id, &roles.aggregate_type, &roles.event_type, &roles.created_at}) {
    if (const auto column = layout.index_of(*role); column && *role != roles.payload) add(*role, *column);
  }
  std::vector<std::size_t> placed;
  for (const auto placement : {Placement::header, Placement::partition, Placement::envelope}) {
    for (auto& [name, column] : extra_columns(shape, placement, roles, layout)) {
      placed.push_back(column);
      if (placement == Placement::envelope) add(std::move(name), column);
    }
  }
  for (std::size_t column = 0; column < layout.columns().size(); ++column) {
    const std::string& name = layout.columns()[column].name;
    const bool elsewhere = name == roles.payload || name == roles.headers || name == shape.trace_column;
    if (!elsewhere && std::ranges::find(placed, column) == placed.end()) add(name, column);
  }
  if (const auto payload = layout.index_of(roles.payload)) add(roles.payload, *payload);
  return members;
}

}  // namespace relay::encode
