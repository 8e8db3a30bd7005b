#include "relay/core/sent_rows.hpp"

#include "relay/core/dead_letters.hpp"
#include "relay/domain/whole_number.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <set>
#include <vector>

namespace relay::core {
namespace {

/// As every dialect reads it in a session at UTC.
std::string plain_time(Micros at) {
  auto text = iso_timestamp(at);
  text[text.find('T')] = ' ';
  text.pop_back();
  return text;
}

/// Reads one page of positions above `after`.
struct ReadPage {
  db::Session& session;
  const OutboxTable& table;
  Position after;
  std::int64_t limit;

  db::ResultSet operator()(const Interval& range) const {
    const std::array<db::Parameter, 3> parameters{std::max(after, std::max(range.low, lowest_position + 1) - 1), range.high, limit};
    return session.run(table.query("sent_by_ids", table.dialect->queries->sent_by_ids), parameters);
  }
  db::ResultSet operator()(const TimeRange& range) const {
    const auto since = range.since ? plain_time(*range.since) : "1970-01-01 00:00:00";
    const auto until = range.until ? plain_time(*range.until) : "9999-12-31 00:00:00";
    const std::array<db::Parameter, 4> parameters{after, std::string_view(since), std::string_view(until), limit};
    const auto column = table.dialect->identifier_part(range.column);
    return session.run(table.query("sent_by_time", table.dialect->queries->sent_by_time, {{"time", column}}), parameters);
  }
  db::ResultSet operator()(const OfKey& of) const {
    const std::array<db::Parameter, 3> parameters{after, std::string_view(of.key), limit};
    const auto column = table.dialect->identifier_part(of.column);
    return session.run(table.query("sent_by_key", table.dialect->queries->sent_by_key, {{"key", column}}), parameters);
  }
};

std::vector<Position> positions_of(const db::ResultSet& rows) {
  std::vector<Position> positions(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) positions[i] = whole_number<Position>(rows[i][0]);
  return positions;
}

std::uint64_t for_each_page(db::Session& session, const OutboxTable& table, const SentRows& which,
                            const std::function<std::uint64_t(std::span<const Position>)>& take) {
  std::uint64_t taken = 0;
  const auto page = table.ids_a_statement();
  ReadPage read{session, table, lowest_position, static_cast<std::int64_t>(page)};
  while (true) {
    const auto positions = positions_of(std::visit(read, which));
    if (!positions.empty()) taken += take(positions);
    if (positions.size() < page) return taken;
    read.after = positions.back();
  }
}

/// In mark mode the outbox's own row of a dead letter looks as if it were sent.
std::set<Position> skipped_or_parked(db::Session& session, const OutboxTable& table) {
  std::set<Position> positions;
  const auto letters = DeadLetters::open(session, table);
  if (!letters) return positions;
  for (const auto& letter : letters->list(session, {lowest_position, highest_position})) {
    if (letter.state != "blocked") positions.insert(letter.position);
  }
  return positions;
}

template <typename Take>
Replay replay(db::Session& session, const OutboxTable& table, const SentRows& which, const Take& take) {
  const auto dead = skipped_or_parked(session, table);
  Replay found;
  found.rows = for_each_page(session, table, which, [&](std::span<const Position> positions) -> std::uint64_t {
    std::vector<Position> wanted;
    std::ranges::copy_if(positions, std::back_inserter(wanted), [&](Position position) { return !dead.contains(position); });
    found.left_out += positions.size() - wanted.size();
    return wanted.empty() ? 0 : take(wanted);
  });
  return found;
}

std::uint64_t run_for_all(db::Session& session, const OutboxTable& table, const SentRows& which, std::string_view name,
                          std::string_view text) {
  const auto statement = table.query(name, text);
  return for_each_page(session, table, which, [&](std::span<const Position> positions) {
    return table.run_for_ids(session, statement, positions).affected();
  });
}

}  // namespace

std::uint64_t count_sent(db::Session& session, const OutboxTable& table, const SentRows& which) {
  return for_each_page(session, table, which, [](std::span<const Position> positions) { return positions.size(); });
}

std::uint64_t delete_sent(db::Session& session, const OutboxTable& table, const SentRows& which) {
  return run_for_all(session, table, which, "delete_sent_list", table.dialect->queries->delete_sent_list);
}

Replay count_replay(db::Session& session, const OutboxTable& table, const SentRows& which) {
  return replay(session, table, which, [](std::span<const Position> positions) { return positions.size(); });
}

Replay unmark_sent(db::Session& session, const OutboxTable& table, const SentRows& which) {
  const auto statement = table.query("unmark_list", table.dialect->queries->unmark_list);
  return replay(session, table, which,
                [&](std::span<const Position> positions) { return table.run_for_ids(session, statement, positions).affected(); });
}

}  // namespace relay::core
