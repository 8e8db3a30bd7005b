#pragma once

#include "relay/encode/encoder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode::tests {

/// The native outbox: id, aggregate_type, aggregate_id, event_type, payload, headers, created_at.
[[nodiscard]] Layout native_layout();

/// An order that was placed; single cells may be replaced.
[[nodiscard]] std::vector<Cell> order();

/// Index of a column in native_layout().
[[nodiscard]] std::size_t at(std::string_view column);

/// A row with one cell replaced.
[[nodiscard]] std::vector<Cell> order_with(std::string_view column, Cell cell);

/// The reason of the fault, or empty.
[[nodiscard]] std::string fault_of(Encoder& encoder, const std::vector<Cell>& cells);

/// What make_encoder throws, or empty.
[[nodiscard]] std::string refusal(const MessageShape& shape, const ColumnRoles& roles = {}, const Layout& layout = native_layout());

[[nodiscard]] inline bool says(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace relay::encode::tests
