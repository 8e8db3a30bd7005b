#include "relay/encode/columns.hpp"

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

}  // namespace

std::optional<std::size_t> find_column(std::string_view name, const ColumnRoles& roles, const Layout& layout) {
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
    if (role != name) continue;
    if (const auto found = layout.index_of(column)) return found;
  }
  return layout.index_of(name);
}

std::size_t need_column(std::string_view option, std::string_view name, const ColumnRoles& roles, const Layout& layout) {
  if (const auto found = find_column(name, roles, layout)) return *found;
  throw std::invalid_argument(std::string{option} + ": there is no column \"" + std::string{name} +
                              "\"; columns: " + names_of(layout));
}

}  // namespace relay::encode
