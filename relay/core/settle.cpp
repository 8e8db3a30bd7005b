#include "relay/core/settle.hpp"

#include "relay/domain/settlement_plan.hpp"
#include "relay/domain/whole_number.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace relay::core {
namespace {

constexpr std::size_t shortest_range = 64;  // below, a list is as fast

std::vector<Position> positions_of(std::span<const Acknowledged> rows) {
  std::vector<Position> positions;
  positions.reserve(rows.size());
  for (const auto& row : rows) positions.push_back(row.position);
  return positions;
}

/// Runs a statement. @return false: it waited for somebody else's lock in vain
template <typename Statement>
bool went(const db::Session& session, const Statement& statement) {
  try {
    statement();
    return true;
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::lock_timeout || !session.usable()) throw;
    return false;
  }
}

/// @return the positions that were not settled
std::vector<Position> settle_list(db::Session& session, const OutboxTable& table, std::span<const Position> positions) {
  std::vector<Position> left;
  while (!positions.empty()) {
    const auto chunk = positions.first(std::min(table.ids_a_statement(), positions.size()));
    if (!went(session, [&] { table.run_for_ids(session, table.settle_list, chunk); }))
      left.insert(left.end(), chunk.begin(), chunk.end());
    positions = positions.subspan(chunk.size());
  }
  return left;
}

bool settle_range(db::Session& session, const OutboxTable& table, const Interval& range) {
  const std::array<db::Parameter, 3> parameters{range.low, range.high, range.high - range.low + 1};
  return went(session, [&] { session.run(table.settle_range, parameters); });
}

bool settle_many_ranges(db::Session& session, const OutboxTable& table, std::span<const Interval> ranges) {
  std::vector<Position> lows;
  std::vector<Position> highs;
  for (const auto& range : ranges) {
    lows.push_back(range.low);
    highs.push_back(range.high);
  }
  const auto low_list = table.dialect->list(lows);
  const auto high_list = table.dialect->list(highs);
  const std::array<db::Parameter, 2> parameters{std::string_view(low_list), std::string_view(high_list)};
  return went(session, [&] { session.run(table.settle_range, parameters); });
}

/// One wait is enough: after it no other range is tried. @return how many ranges were settled, from the first on
std::size_t settle_ranges(db::Session& session, const OutboxTable& table, std::span<const Interval> ranges) {
  if (table.dialect->settles_many_ranges) {
    return !ranges.empty() && settle_many_ranges(session, table, ranges) ? ranges.size() : 0;
  }
  std::size_t settled = 0;
  while (settled < ranges.size() && settle_range(session, table, ranges[settled])) ++settled;
  return settled;
}

}  // namespace

std::vector<Acknowledged> settle(db::Session& session, const OutboxTable& table, std::span<const Acknowledged> rows,
                                 bool first_try) {
  std::vector<Position> list;
  if (first_try) {
    auto plan = plan_settlement(positions_of(rows), shortest_range);
    list = std::move(plan.list);
    const auto done = settle_ranges(session, table, plan.ranges);
    for (const auto& range : std::span(plan.ranges).subspan(done)) {
      for (auto position = range.low; position <= range.high; ++position) list.push_back(position);
    }
    std::ranges::sort(list);
  } else {
    list = positions_of(rows);
  }
  const auto left = settle_list(session, table, list);
  std::vector<Acknowledged> locked;
  std::ranges::copy_if(rows, std::back_inserter(locked),
                       [&](const auto& row) { return std::ranges::binary_search(left, row.position); });
  return locked;
}

std::vector<Acknowledged> still_there(db::Session& session, const OutboxTable& table, std::span<const Acknowledged> rows) {
  std::vector<Acknowledged> there;
  constexpr std::size_t rows_a_read = 500;  // whole rows come back: few at a time
  while (!rows.empty()) {
    const auto chunk = rows.first(std::min({rows_a_read, table.ids_a_statement(), rows.size()}));
    const auto found = table.run_for_ids(session, table.claim_ids, positions_of(chunk));
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto cells = found[i].first(found[i].size() - 1);
      const auto position = whole_number<Position>(cells[table.position_index]);
      const auto row = std::ranges::lower_bound(chunk, position, {}, &Acknowledged::position);
      if (row != chunk.end() && row->position == position && row->fingerprint == fingerprint(cells)) there.push_back(*row);
    }
    rows = rows.subspan(chunk.size());
  }
  return there;
}

}  // namespace relay::core
