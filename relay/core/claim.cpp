#include "relay/core/claim.hpp"

#include "relay/domain/gap_reading.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace relay::core {
namespace {

/// More intervals than that go into no statement: neighbours are merged, and rows seen again are skipped.
constexpr std::size_t most_intervals = 500;

class Reader {
 public:
  Reader(db::Session& session, Claim& claim, std::size_t row_limit, std::size_t byte_limit)
      : session_(session), claim_(claim), row_limit_(row_limit), byte_limit_(row_limit <= 1 ? db::Session::no_limit : byte_limit) {}

  void ids(const std::vector<Position>& ids) { add(table().run_for_ids(session_, table().claim_ids, ids)); }

  void forward(Position after) {
    const std::array<db::Parameter, 2> parameters{after, limit()};
    claim_.more = add(session_.run(table().claim_forward, parameters, byte_limit_)) == row_limit_;
  }

  void gaps(std::vector<Interval> gaps) {
    GapReading reading(std::move(gaps), row_limit_, most_intervals);
    while (!reading.asked().empty()) gap_page(reading);
    if (reading.read_through() != highest_position) cut(reading.read_through());
  }

  /// Every row says whether a reader sent it. Without any the clock's query says so, where the dialect has one.
  void require_writer() {
    if (!claim_.owners.empty() || !table().dialect->polls_tables) return;
    const auto clock = session_.run(db::render("table_clock", table().dialect->queries->table_clock, {}), {});
    refuse_reader(clock[0].back());
  }

 private:
  [[nodiscard]] const OutboxTable& table() const { return *claim_.table; }
  [[nodiscard]] std::int64_t limit() const { return static_cast<std::int64_t>(row_limit_); }

  /// One statement.
  void gap_page(GapReading& reading) {
    const auto statement = table().claim_gaps(reading.asked());
    std::vector<Position> lows;
    std::vector<Position> highs;
    for (const auto& interval : reading.asked()) {
      lows.push_back(interval.low);
      highs.push_back(interval.high);
    }
    const auto low_list = table().dialect->list(lows);
    const auto high_list = table().dialect->list(highs);
    const std::array<db::Parameter, 3> parameters{std::string_view(low_list), std::string_view(high_list), limit()};
    const auto bound = std::span(parameters).subspan(table().dialect->gaps_inline ? 2 : 0);
    auto result = session_.run(statement, bound, byte_limit_);
    std::vector<Position> met;
    for (std::size_t i = 0; i < result.size(); ++i) met.push_back(position_of(result[i]));
    const bool full = add(std::move(result), [&](Position position) { return reading.wants(position); }) == row_limit_;
    reading.take(met, full, claim_.bytes >= byte_limit_);
  }

  std::size_t add(db::ResultSet result) {
    return add(std::move(result), [](Position) { return true; });
  }

  /// Takes in the rows that are wanted, in order. @return how many rows the result has
  template <typename Wanted>
  std::size_t add(db::ResultSet result, Wanted wanted) {
    const auto known = claim_.positions.size();
    const auto size = result.size();
    for (std::size_t i = 0; i < size; ++i) {
      const auto cells = result[i];
      refuse_reader(cells.back());
      const auto position = position_of(cells);
      if (!wanted(position)) continue;
      claim_.positions.push_back(position);
      claim_.rows.push_back({position, cells.first(cells.size() - 1)});
      for (const auto& cell : cells) claim_.bytes += cell.bytes().size();
    }
    if (claim_.positions.size() > known && known > 0 && claim_.positions[known] < claim_.positions[known - 1]) {
      std::ranges::sort(claim_.positions);
      std::ranges::sort(claim_.rows, {}, &Row::position);
    }
    claim_.twins = std::ranges::adjacent_find(claim_.positions) != claim_.positions.end();
    if (size > 0) claim_.owners.push_back(std::move(result));
    return size;
  }

  void cut(Position through) {
    claim_.gaps_read_through = through;
    claim_.more = true;
    claim_.keep_through(through);
  }

  [[nodiscard]] Position position_of(std::span<const Cell> cells) const {
    const auto text = cells[table().position_index].bytes();
    Position position = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
    if (error == std::errc{} && end == text.data() + text.size()) return position;
    throw db::DbError(db::Failure::bad_value, "",
                      "column \"" + table().shape.position_column() + "\" of table " + table().shape.table + " holds " +
                          std::string(text) + ", which is no 64-bit integer");
  }

  static void refuse_reader(const Cell& reader) {
    const auto answer = reader.bytes();
    if (answer == "0" || answer == "false" || answer == "f") return;
    throw db::DbError(db::Failure::read_only, "", "the server that answered is read-only (a reader, or a fail-over)");
  }

  db::Session& session_;
  Claim& claim_;
  std::size_t row_limit_;
  std::size_t byte_limit_;
};

}  // namespace

void Claim::keep_through(Position position) {
  const auto kept = static_cast<std::size_t>(std::ranges::upper_bound(positions, position) - positions.begin());
  positions.resize(kept);
  rows.resize(kept);
}

std::optional<std::set<WriterToken>> read_writers(db::Session& session, const OutboxTable& table) {
  if (!table.dialect->proves_gaps) return std::nullopt;
  try {
    const auto rows = session.run(table.gap_writers, table.own_name());
    std::set<WriterToken> writers;
    for (std::size_t i = 0; i < rows.size(); ++i) writers.emplace(rows[i][0].bytes());
    return writers;
  } catch (const db::DbError& error) {
    const bool may_not = error.failure() == db::Failure::privilege || error.failure() == db::Failure::missing_object;
    if (may_not) return std::nullopt;
    throw;
  }
}

Claim claim(db::Session& session, std::shared_ptr<const OutboxTable> table, const ClaimOrder& order, std::size_t byte_limit) {
  Claim claimed;
  claimed.kind = order.kind;
  claimed.number = order.number;
  claimed.table = std::move(table);
  Reader reader(session, claimed, order.row_limit, byte_limit);
  if (order.kind == ClaimOrder::Kind::ids) {
    reader.ids(order.ids);
    return claimed;
  }
  if (order.read_writers) claimed.writers = read_writers(session, *claimed.table);
  reader.forward(order.after);
  auto gaps = order.gaps;
  for (const auto& hole : holes(order.after, claimed.positions)) gaps.push_back(hole);
  reader.gaps(std::move(gaps));
  if (order.kind == ClaimOrder::Kind::sweep) reader.require_writer();  // nothing else would say so of an empty outbox
  return claimed;
}

}  // namespace relay::core
