#include "tests/encode/sample.hpp"

#include <stdexcept>

namespace relay::encode::tests {

Layout native_layout() {
  return Layout{{{"id", ColumnKind::integer},
                 {"aggregate_type", ColumnKind::text},
                 {"aggregate_id", ColumnKind::text},
                 {"event_type", ColumnKind::text},
                 {"payload", ColumnKind::json},
                 {"headers", ColumnKind::json},
                 {"created_at", ColumnKind::timestamp}}};
}

std::vector<Cell> order() {
  return {Cell{"1"},
          Cell{"orders"},
          Cell{"o-1"},
          Cell{"OrderPlaced"},
          Cell{R"({"total": 12.50})"},
          Cell{},
          Cell{"2026-01-02 03:04:05.678901"}};
}

std::size_t at(std::string_view column) {
  return native_layout().index_of(column).value();
}

std::vector<Cell> order_with(std::string_view column, Cell cell) {
  auto cells = order();
  cells[at(column)] = cell;
  return cells;
}

std::string fault_of(Encoder& encoder, const std::vector<Cell>& cells) {
  auto result = encoder.encode({1, cells});
  const auto* fault = std::get_if<Fault>(&result);
  if (fault == nullptr) return {};
  return fault->blame == Blame::row ? fault->reason : "not the row's fault: " + fault->reason;
}

std::string refusal(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  try {
    (void)make_encoder(shape, roles, layout);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

}  // namespace relay::encode::tests
