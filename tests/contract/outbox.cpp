#include "tests/contract/outbox.hpp"

#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace contract {
namespace {

/// The first cells as numbers; the last cell must say that this is no reader.
Ids positions_in(const db::ResultSet& rows) {
  Ids found;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto reader = rows[row].back().bytes();
    if (reader != "0" && reader != "false") throw std::runtime_error("the claim was answered by a reader");
    found.push_back(std::stoll(std::string(rows[row][0].bytes())));
  }
  return found;
}

Ids first_cells(const db::ResultSet& rows) {
  Ids found;
  for (std::size_t row = 0; row < rows.size(); ++row) found.push_back(std::stoll(std::string(rows[row][0].bytes())));
  return found;
}

}  // namespace

Ids ids(std::int64_t first, std::int64_t last, std::int64_t step) {
  Ids numbers;
  for (auto id = first; id <= last; id += step) numbers.push_back(id);
  return numbers;
}

Outbox::Outbox(Sandbox& sandbox, Dispose dispose) : database_(sandbox.database()), dialect_(sandbox.dialect()), dispose_(dispose) {
  const auto word = [this](std::string_view name) { return dialect_.identifier_part(name); };
  const auto position = word("low");  // a query's own names must not meet it
  const auto created_at = word("created at");
  const auto sent_at = word("sen\"t");
  table_ = sandbox.table(position + " " + database_.id_column + ", " + word("order") + " " + database_.text_type + ", " +
                             created_at + " " + database_.time_type + ", " + sent_at + " " + database_.time_type,
                         "outbox");
  run(sandbox.session(), "CREATE INDEX " + table_ + "_unsent ON " + table_ + " (" + sent_at + ", " + position + ")");
  fragments_ = {{"table", word(table_)}, {"columns", position + ", " + word("order") + ", " + created_at},
                {"position", position},  {"created_at", created_at},
                {"sent_at", sent_at},    {"ids", ":\"ids\""},
                {"time", created_at},    {"key", word("order")},
                {"gaps", ":\"gaps\""},   {"unsent", dispose == Dispose::mark ? sent_at + " IS NULL" : "1 = 1"}};
}

db::Statement Outbox::query(std::string_view name, std::string_view text) const {
  return db::render(name, text, fragments_);
}

void Outbox::insert(db::Session& session, std::span<const std::int64_t> positions) const {
  const std::string begin = "INSERT INTO " + table_ + " (" + fragments_.at("columns") + ")";
  const std::size_t chunk = database_.from_nothing.empty() ? 500 : 200;  // Firebird takes 255 SELECTs in a statement
  session.begin();
  while (!positions.empty()) {
    const auto now = positions.first(std::min(chunk, positions.size()));
    std::vector<std::string> rows;
    for (const auto id : now) rows.push_back(std::to_string(id) + ", 'payload', '2026-01-02 03:04:05.678'");
    run(session, begin + values_of(database_, rows));
    positions = positions.subspan(now.size());
  }
  session.commit();
}

void Outbox::draw(db::Session& session) const {
  run(session, "INSERT INTO " + table_ + " (" + dialect_.identifier_part("order") + ") VALUES ('drawn')");
}

Ids Outbox::head(db::Session& session, std::int64_t limit) const {
  return forward(session, std::numeric_limits<std::int64_t>::min(), limit);
}

db::ResultSet Outbox::claim(db::Session& session, std::int64_t after, std::int64_t limit) const {
  const std::array<db::Parameter, 2> parameters{after, limit};
  return session.run(query("claim_forward", dialect_.queries->claim_forward), parameters);
}

Ids Outbox::forward(db::Session& session, std::int64_t after, std::int64_t limit) const {
  return positions_in(claim(session, after, limit));
}

Ids Outbox::gaps(db::Session& session, const Ranges& ranges, std::int64_t limit) const {
  Ids lows;
  Ids highs;
  std::string predicate;
  for (const auto& [low, high] : ranges) {
    lows.push_back(low);
    highs.push_back(high);
    predicate += (predicate.empty() ? "(" : " OR ") + fragments_.at("position") + " BETWEEN " + std::to_string(low) + " AND " +
                 std::to_string(high);
  }
  auto fragments = fragments_;
  fragments["gaps"] = predicate + ")";
  const auto statement = db::render("claim_gaps", dialect_.queries->claim_gaps, fragments);
  const auto low_list = dialect_.list(lows);
  const auto high_list = dialect_.list(highs);
  const std::array<db::Parameter, 3> parameters{std::string_view(low_list), std::string_view(high_list), limit};
  return positions_in(session.run(statement, std::span(parameters).subspan(dialect_.gaps_inline ? 2 : 0)));
}

db::ResultSet Outbox::run_for(db::Session& session, std::string_view name, std::string_view text,
                              std::span<const std::int64_t> positions) const {
  if (dialect_.inline_ids == 0) {
    const auto list = dialect_.list(positions);
    const std::array<db::Parameter, 1> parameters{std::string_view(list)};
    return session.run(query(name, text), parameters);
  }
  auto fragments = fragments_;
  auto& list = fragments["ids"];
  list.clear();
  for (const auto id : positions) list += (list.empty() ? "" : ",") + std::to_string(id);
  return session.run(db::render(name, text, fragments), {});
}

Ids Outbox::some(db::Session& session, std::span<const std::int64_t> positions) const {
  return positions_in(run_for(session, "claim_ids", dialect_.queries->claim_ids, positions));
}

std::uint64_t Outbox::settle_ranges(db::Session& session, const Ranges& ranges) const {
  const auto& queries = *dialect_.queries;
  const auto statement = dispose_ == Dispose::mark ? query("settle_mark_range", queries.settle_mark_range)
                                                   : query("settle_delete_range", queries.settle_delete_range);
  if (dialect_.settles_many_ranges) {
    Ids lows;
    Ids highs;
    for (const auto& [low, high] : ranges) {
      lows.push_back(low);
      highs.push_back(high);
    }
    const auto low_list = dialect_.list(lows);
    const auto high_list = dialect_.list(highs);
    const std::array<db::Parameter, 2> parameters{std::string_view(low_list), std::string_view(high_list)};
    return session.run(statement, parameters).affected();
  }
  std::uint64_t settled = 0;
  for (const auto& [low, high] : ranges) {
    const std::array<db::Parameter, 3> parameters{low, high, high - low + 1};
    settled += session.run(statement, parameters).affected();
  }
  return settled;
}

std::uint64_t Outbox::settle_list(db::Session& session, std::span<const std::int64_t> positions) const {
  const auto& queries = *dialect_.queries;
  const std::size_t chunk = dialect_.inline_ids == 0 ? 5000 : dialect_.inline_ids;
  std::uint64_t settled = 0;
  for (; !positions.empty(); positions = positions.subspan(std::min(chunk, positions.size()))) {
    const auto now = positions.first(std::min(chunk, positions.size()));
    settled += (dispose_ == Dispose::mark ? run_for(session, "settle_mark_list", queries.settle_mark_list, now)
                                          : run_for(session, "settle_delete_list", queries.settle_delete_list, now))
                   .affected();
  }
  return settled;
}

Ids Outbox::sent_by_ids(db::Session& session, std::int64_t after, std::int64_t high, std::int64_t limit) const {
  const std::array<db::Parameter, 3> parameters{after, high, limit};
  return first_cells(session.run(query("sent_by_ids", dialect_.queries->sent_by_ids), parameters));
}

Ids Outbox::sent_by_time(db::Session& session, std::int64_t after, std::string_view since, std::string_view until,
                         std::int64_t limit) const {
  const std::array<db::Parameter, 4> parameters{after, since, until, limit};
  return first_cells(session.run(query("sent_by_time", dialect_.queries->sent_by_time), parameters));
}

Ids Outbox::sent_by_key(db::Session& session, std::int64_t after, std::string_view key, std::int64_t limit) const {
  const std::array<db::Parameter, 3> parameters{after, key, limit};
  return first_cells(session.run(query("sent_by_key", dialect_.queries->sent_by_key), parameters));
}

std::uint64_t Outbox::delete_sent(db::Session& session, std::span<const std::int64_t> positions) const {
  return run_for(session, "delete_sent_list", dialect_.queries->delete_sent_list, positions).affected();
}

std::uint64_t Outbox::unmark(db::Session& session, std::span<const std::int64_t> positions) const {
  return run_for(session, "unmark_list", dialect_.queries->unmark_list, positions).affected();
}

std::vector<std::string> Outbox::writers(db::Session& session) const {
  const std::array<db::Parameter, 2> parameters{db::Null{}, std::string_view(table_)};
  const auto rows = session.run(query("gap_writers", dialect_.queries->gap_writers), parameters);
  std::vector<std::string> tokens;
  for (std::size_t row = 0; row < rows.size(); ++row) tokens.emplace_back(rows[row][0].bytes());
  return tokens;
}

db::ResultSet Outbox::backlog(db::Session& session) const {
  return session.run(query("backlog", dialect_.queries->backlog), {});
}

db::ResultSet Outbox::columns(db::Session& session, std::string_view name) const {
  const std::array<db::Parameter, 2> parameters{db::Null{}, name};
  return session.run(query("table_columns", dialect_.queries->table_columns), parameters);
}

std::string Outbox::not_a_table(db::Session& session, std::string_view name) const {
  const std::array<db::Parameter, 2> parameters{db::Null{}, name};
  const auto rows = session.run(query("not_a_table", dialect_.queries->not_a_table), parameters);
  return rows.empty() ? "" : std::string(rows[0][0].bytes());
}

std::string Outbox::unsent_index(db::Session& session, std::string_view name) const {
  const std::array<db::Parameter, 3> parameters{db::Null{}, name, std::string_view("sen\"t")};
  const auto rows = session.run(query("unsent_index", dialect_.queries->unsent_index), parameters);
  if (rows.empty()) return "none";
  return rows[0][0].is_null() ? "nobody can tell" : "there is one";
}

}  // namespace contract
