#include "relay/core/dead_letters.hpp"

#include "relay/domain/whole_number.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>

namespace relay::core {
namespace {

constexpr std::int64_t page = 5000;

std::optional<std::string> text_of(const Cell& cell) {
  return cell.is_null() ? std::nullopt : std::optional(std::string(cell.bytes()));
}

db::Parameter text_or_null(std::string_view text) {
  return text.empty() ? db::Parameter(db::Null{}) : db::Parameter(text);
}

DeadLetter letter_of(std::span<const Cell> cells) {
  return {whole_number<Position>(cells[0]),
          std::string(cells[1].bytes()),
          text_of(cells[2]),
          text_of(cells[3]),
          std::string(cells[4].bytes()),
          whole_number<std::uint32_t>(cells[5]),
          std::string(cells[6].bytes()),
          std::string(cells[7].bytes())};
}

/// One transaction; what throws inside is taken back, as far as the connection allows.
template <typename Work>
auto in_transaction(db::Session& session, const Work& work) {
  session.begin();
  try {
    auto result = work();
    result ? session.commit() : session.rollback();
    return result;
  } catch (const db::DbError&) {
    if (session.usable()) session.rollback();
    throw;
  }
}

/// All columns of the outbox but the mark, as the dialect quotes them.
std::string row_columns(const OutboxTable& table, const std::vector<DeclaredColumn>& outbox,
                        const std::vector<DeclaredColumn>& dead) {
  std::string columns;
  for (const auto& column : outbox) {
    if (column.name == table.shape.sent_at) continue;
    if (std::ranges::find(dead, column.name, &DeclaredColumn::name) == dead.end()) {
      throw SchemaError("column \"" + column.name + "\" of table " + table.shape.table + " is missing in " +
                        DeadLetters::table_of(table.shape.table) +
                        ": a row would lose it there. Add it with the same type (sql/README.md).");
    }
    columns += (columns.empty() ? "" : ", ") + table.dialect->identifier_part(column.name);
  }
  return columns;
}

}  // namespace

std::string DeadLetters::how_to_make(const OutboxTable& table) {
  if (table.dialect->dead_ddl.empty()) return "make it as the dead.sql of the nearest database in sql/ does";
  return "create it with `outbox-relay init` or from sql/" + std::string(table.dialect->name) + "/dead.sql";
}

std::optional<DeadLetters> DeadLetters::open(db::Session& session, const OutboxTable& table) {
  const auto name = table_of(table.shape.table);
  const auto dead = declared_columns(session, *table.dialect, name);
  if (dead.empty()) return std::nullopt;
  const auto row = row_columns(table, declared_columns(session, *table.dialect, table.shape.table), dead);
  const OutboxTable::Fragments more{
      {"dead", table.dialect->identifier(name)}, {"row", row}, {"key", table.dialect->identifier_part(table.shape.key_column())}};
  const auto& queries = *table.dialect->queries;
  const auto query = [&](std::string_view query_name, std::string_view text) { return table.query(query_name, text, more); };
  DeadLetters letters;
  letters.copy_ = query("dead_copy", queries.dead_copy);
  letters.touch_ = query("dead_touch", queries.dead_touch);
  letters.remove_ = query("dead_remove", queries.dead_remove);
  letters.back_ = query("dead_back", queries.dead_back);
  letters.change_ = query("dead_change", queries.dead_change);
  letters.list_ = query("dead_list", queries.dead_list);
  letters.show_ = query("dead_show", queries.dead_show);
  letters.stale_ = query("dead_stale", queries.dead_stale);
  letters.counts_ = query("dead_counts", queries.dead_counts);
  letters.unmark_ = query("unmark_list", queries.unmark_list);
  return letters;
}

void DeadLetters::record(db::Session& session, std::span<const Verdict> blocked) const {
  in_transaction(session, [&] {
    for (const auto& verdict : blocked) {
      const std::array<db::Parameter, 3> touched{std::string_view(verdict.fault), std::int64_t{verdict.attempts}, verdict.position};
      if (session.run(touch_, touched).affected() > 0) continue;
      const std::array<db::Parameter, 6> copied{std::string_view("blocked"),     text_or_null(verdict.topic),
                                                std::string_view(verdict.fault), std::int64_t{verdict.attempts},
                                                db::Parameter(db::Null{}),       verdict.position};
      session.run(copy_, copied);
    }
    return true;
  });
}

void DeadLetters::forget(db::Session& session, std::span<const Position> positions) const {
  for (const auto position : positions) remove(session, position, "blocked");
}

void DeadLetters::forget_gone(db::Session& session) const {
  const std::array<db::Parameter, 1> limit{page};
  const auto rows = session.run(stale_, limit);
  for (std::size_t i = 0; i < rows.size(); ++i) remove(session, whole_number<Position>(rows[i][0]), "blocked");
}

std::uint64_t DeadLetters::remove(db::Session& session, Position position, std::string_view state) const {
  const std::array<db::Parameter, 2> which{position, state};
  return session.run(remove_, which).affected();
}

bool DeadLetters::move(db::Session& session, const OutboxTable& table, std::string_view state, const Verdict& verdict,
                       std::string_view first_at) const {
  return in_transaction(session, [&] {
    remove(session, verdict.position, "blocked");
    const std::array<db::Parameter, 6> copied{state,
                                              text_or_null(verdict.topic),
                                              std::string_view(verdict.fault),
                                              std::int64_t{verdict.attempts},
                                              text_or_null(first_at),
                                              verdict.position};
    if (session.run(copy_, copied).affected() != 1) return false;
    return table.run_for_ids(session, table.settle_list, std::array{verdict.position}).affected() == 1;
  });
}

bool DeadLetters::move_back(db::Session& session, const OutboxTable& table, Position position, std::string_view state) const {
  return in_transaction(session, [&] {
    const std::array<db::Parameter, 2> which{position, state};
    const bool marked =
        table.shape.dispose == Dispose::mark && table.run_for_ids(session, unmark_, std::array{position}).affected() == 1;
    if (!marked && session.run(back_, which).affected() == 0) return false;
    return remove(session, position, state) > 0;
  });
}

bool DeadLetters::change(db::Session& session, Position position, std::string_view from, std::string_view to) const {
  const std::array<db::Parameter, 3> parameters{to, position, from};
  return session.run(change_, parameters).affected() > 0;
}

void DeadLetters::each(db::Session& session, Position first_wanted, const std::function<bool(DeadLetter)>& take) const {
  auto after = std::max(first_wanted, lowest_position + 1) - 1;
  while (true) {
    const std::array<db::Parameter, 2> parameters{after, page};
    const auto rows = session.run(list_, parameters);
    if (rows.empty()) return;
    const auto first = whole_number<Position>(rows[0][0]);
    const auto last = whole_number<Position>(rows[rows.size() - 1][0]);
    const bool full = rows.size() == static_cast<std::size_t>(page);
    const bool again = full && first != last;  // a position may have several letters: a full page may cut the last one's
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto letter = letter_of(rows[i]);
      if (again && letter.position == last) break;
      if (!take(std::move(letter))) return;
    }
    if (!full) return;
    after = again ? last - 1 : last;
  }
}

std::vector<DeadLetter> DeadLetters::list(db::Session& session, Interval among) const {
  std::vector<DeadLetter> letters;
  each(session, among.low, [&](DeadLetter letter) {
    if (letter.position > among.high) return false;
    letters.push_back(std::move(letter));
    return true;
  });
  return letters;
}

std::vector<DeadLetter> DeadLetters::blocked(db::Session& session, std::size_t most) const {
  std::vector<DeadLetter> letters;
  if (most == 0) return letters;
  each(session, lowest_position, [&](DeadLetter letter) {
    if (letter.state == "blocked") letters.push_back(std::move(letter));
    return letters.size() < most;
  });
  return letters;
}

db::ResultSet DeadLetters::show(db::Session& session, Position position) const {
  const std::array<db::Parameter, 1> parameters{position};
  return session.run(show_, parameters);
}

DeadCounts DeadLetters::counts(db::Session& session) const {
  DeadCounts counts{{"blocked", 0}, {"parked", 0}, {"skipped", 0}};
  const auto rows = session.run(counts_, {});
  for (std::size_t i = 0; i < rows.size(); ++i) counts[std::string(rows[i][0].bytes())] = whole_number<std::uint64_t>(rows[i][1]);
  return counts;
}

void require_dead_letters(db::Session& session, const OutboxTable& table) {
  const auto letters = DeadLetters::open(session, table);
  if (!letters) {
    throw SchemaError("table " + DeadLetters::table_of(table.shape.table) + " not found, and outbox.on-bad-row = park needs it; " +
                      DeadLetters::how_to_make(table));
  }
  static_cast<void>(
      letters->move(session, table, "parked", {.position = lowest_position, .topic = {}, .fault = {}, .attempts = 0}));
}

}  // namespace relay::core
