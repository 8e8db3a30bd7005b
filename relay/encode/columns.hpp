#pragma once

#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode {

/// The columns that key, topic, headers and the format name, by their names in the table; the key first.
/// @throws std::invalid_argument  the topic template is malformed
[[nodiscard]] std::vector<std::string> columns_of(const MessageShape& shape, const ColumnRoles& roles);

/// Those that may be missing (message.ignore-missing).
[[nodiscard]] std::vector<std::string> optional_columns_of(const MessageShape& shape, const ColumnRoles& roles);

/// Finds a column by its role (`event_type` is whatever column has that role) or else by its own name.
[[nodiscard]] std::optional<std::size_t> find_column(std::string_view name, const ColumnRoles& roles, const Layout& layout);

/// @throws std::invalid_argument  naming the option, the column and the columns there are
[[nodiscard]] std::size_t need_column(std::string_view option, std::string_view name, const ColumnRoles& roles,
                                      const Layout& layout);

struct FoundColumn {
  std::string name;  ///< of the header or member
  std::size_t column;
};

/// The extra columns with that placement, in the order of the option.
/// @throws std::invalid_argument  one is not there, and must not be missing
[[nodiscard]] std::vector<FoundColumn> extra_columns(const MessageShape& shape, Placement placement, const ColumnRoles& roles,
                                                     const Layout& layout);

/// What formats row and connect make of a row: id, aggregate id and type, event type, created_at, then what the user added, the
/// payload last: it is the longest. Without the `headers` column and those that are headers or the partition alone.
[[nodiscard]] std::vector<FoundColumn> row_members(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

}  // namespace relay::encode
