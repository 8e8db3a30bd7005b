#pragma once

#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode {

/// The columns that topic, key and headers name, by their names in the table.
/// @throws std::invalid_argument  the topic template is malformed
[[nodiscard]] std::vector<std::string> columns_of(const MessageShape& shape, const ColumnRoles& roles);

/// Finds a column by its role (`event_type` is whatever column has that role) or else by its own name.
[[nodiscard]] std::optional<std::size_t> find_column(std::string_view name, const ColumnRoles& roles, const Layout& layout);

/// @throws std::invalid_argument  naming the option, the column and the columns there are
[[nodiscard]] std::size_t need_column(std::string_view option, std::string_view name, const ColumnRoles& roles,
                                      const Layout& layout);

}  // namespace relay::encode
