#include "relay/encode/columns.hpp"

#include "relay/encode/topic_template.hpp"

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
  return columns;
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

}  // namespace relay::encode
