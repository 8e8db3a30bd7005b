#include "relay/core/settle.hpp"

#include "relay/domain/settlement_plan.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace relay::core {
namespace {

constexpr std::size_t shortest_range = 64;  // below, a list is as fast

std::vector<Position> positions_of(std::span<const Acknowledged> rows) {
  std::vector<Position> positions;
  positions.reserve(rows.size());
  for (const auto& row : rows) positions.push_back(row.position);
  return positions;
}

void settle_list(db::Session& session, const OutboxTable& table, std::span<const Position> positions) {
  while (!positions.empty()) {
    const auto chunk = positions.first(std::min(table.ids_a_statement(), positions.size()));
    table.run_for_ids(session, table.settle_list, chunk);
    positions = positions.subspan(chunk.size());
  }
}

void settle_range(db::Session& session, const OutboxTable& table, const Interval& range) {
  const std::array<db::Parameter, 3> parameters{range.low, range.high, range.high - range.low + 1};
  try {
    session.run(table.settle_range, parameters);
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::lock_timeout) throw;
    std::vector<Position> all;
    for (auto position = range.low; position <= range.high; ++position) all.push_back(position);
    settle_list(session, table, all);
  }
}

void settle_ranges(db::Session& session, const OutboxTable& table, std::span<const Interval> ranges) {
  if (!table.dialect->settles_many_ranges) {
    for (const auto& range : ranges) settle_range(session, table, range);
    return;
  }
  if (ranges.empty()) return;
  std::vector<Position> lows;
  std::vector<Position> highs;
  for (const auto& range : ranges) {
    lows.push_back(range.low);
    highs.push_back(range.high);
  }
  const auto low_list = table.dialect->list(lows);
  const auto high_list = table.dialect->list(highs);
  const std::array<db::Parameter, 2> parameters{std::string_view(low_list), std::string_view(high_list)};
  session.run(table.settle_range, parameters);
}

}  // namespace

void settle(db::Session& session, const OutboxTable& table, std::span<const Acknowledged> rows, bool first_try) {
  const auto positions = positions_of(rows);
  if (!first_try) return settle_list(session, table, positions);
  const auto plan = plan_settlement(positions, shortest_range);
  settle_ranges(session, table, plan.ranges);
  settle_list(session, table, plan.list);
}

std::vector<Acknowledged> still_there(db::Session& session, const OutboxTable& table, std::span<const Acknowledged> rows) {
  std::vector<Acknowledged> there;
  constexpr std::size_t rows_a_read = 500;  // whole rows come back: few at a time
  while (!rows.empty()) {
    const auto chunk = rows.first(std::min({rows_a_read, table.ids_a_statement(), rows.size()}));
    const auto found = table.run_for_ids(session, table.claim_ids, positions_of(chunk));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto cells = found[i].first(found[i].size() - 1);
      const auto text = cells[table.position_index].bytes();
      Position position = 0;
      std::from_chars(text.data(), text.data() + text.size(), position);
      const auto row = std::ranges::lower_bound(chunk, position, {}, &Acknowledged::position);
      if (row != chunk.end() && row->position == position && row->fingerprint == fingerprint(cells)) there.push_back(*row);
    }
    rows = rows.subspan(chunk.size());
  }
  return there;
}

}  // namespace relay::core
