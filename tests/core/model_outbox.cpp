#include "tests/core/model_outbox.hpp"

#include <algorithm>
#include <utility>

namespace model {

using relay::Column;
using relay::ColumnKind;
using relay::Position;
using relay::core::Claim;

relay::encode::MessageShape shape() {
  relay::encode::MessageShape shape;
  shape.timestamp_from_created_at = false;
  shape.headers.clear();
  return shape;
}

relay::encode::ColumnRoles roles() {
  relay::encode::ColumnRoles roles;
  roles.created_at.clear();
  return roles;
}

Outbox::Outbox(const std::map<Position, Entry>& rows) {
  auto table = std::make_shared<relay::core::OutboxTable>();
  table->shape.table = "outbox";
  table->layout = relay::Layout({Column{.name = "id", .kind = ColumnKind::integer}, Column{.name = "aggregate_type"},
                                 Column{.name = "aggregate_id"}, Column{.name = "event_type"}, Column{.name = "payload"}});
  table_ = std::move(table);
  for (const auto& [position, entry] : rows) commit(position, entry);
}

void Outbox::commit(Position position, const Entry& entry) {
  const auto id = std::to_string(position);
  auto stored = std::make_unique<Stored>(Stored{{id, entry.topic, entry.key, "changed", id}, {}});
  std::ranges::transform(stored->texts, stored->cells.begin(), [](const auto& text) { return relay::Cell(text); });
  rows_.emplace(position, std::move(stored));
}

Claim Outbox::above(Position position, std::size_t most) const {
  std::vector<Position> next;
  for (auto row = rows_.upper_bound(position); row != rows_.end() && next.size() < most; ++row) next.push_back(row->first);
  return rows(next);
}

Claim Outbox::rows(const std::vector<Position>& positions) const {
  Claim claim;
  claim.table = table_;
  for (const auto position : positions) {
    const auto row = rows_.find(position);
    if (row == rows_.end()) continue;
    claim.rows.push_back({position, row->second->cells});
    claim.positions.push_back(position);
  }
  return claim;
}

std::vector<Position> Outbox::positions() const {
  std::vector<Position> all;
  for (const auto& [position, row] : rows_) all.push_back(position);
  return all;
}

}  // namespace model
