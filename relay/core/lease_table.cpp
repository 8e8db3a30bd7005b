#include "relay/core/lease_table.hpp"

#include "relay/core/outbox_table.hpp"
#include "relay/domain/whole_number.hpp"
#include "sql/queries.hpp"

#include <array>

namespace relay::core {
namespace {

constexpr std::string_view native = "outbox_relay_lease";

}  // namespace

std::string drawn_ahead_name(const std::string& lease) {
  return lease + "/ids-drawn-ahead";
}

std::string lease_table_beside(std::string_view outbox) {
  const auto dot = outbox.rfind('.');
  return std::string(outbox.substr(0, dot == std::string_view::npos ? 0 : dot + 1)) + std::string(native);
}

std::optional<LeaseRow> LeaseTable::read(db::Session& session) const {
  const std::array<db::Parameter, 1> parameters{std::string_view(name)};
  const auto rows = session.run(read_statement, parameters);
  if (rows.empty()) return std::nullopt;
  return LeaseRow{std::string(rows[0][0].bytes()), whole_number<std::int64_t>(rows[0][1]),
                  std::chrono::milliseconds(whole_number<std::int64_t>(rows[0][2]))};
}

// Reading comes first: a relay that stands by writes nothing, and where somebody holds the only write lock waits for nobody.
std::optional<LeaseRow> LeaseTable::ask(db::Session& session, std::string_view holder, std::chrono::milliseconds ttl) const {
  auto row = read(session);
  if (row && row->holder != holder && row->left.count() > 0) return row;
  if (row) {
    const std::array<db::Parameter, 4> parameters{holder, std::int64_t{ttl.count()}, std::string_view(name), holder};
    session.run(take_statement, parameters);
  } else {
    make(session, name, holder, ttl);
  }
  return read(session);
}

void LeaseTable::make(db::Session& session, std::string_view row, std::string_view holder, std::chrono::milliseconds ttl) const {
  const std::array<db::Parameter, 3> parameters{row, holder, std::int64_t{ttl.count()}};
  try {
    session.run(first_statement, parameters);
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::duplicate_key) throw;
  }
}

bool LeaseTable::knows_drawn_ahead(db::Session& session) const {
  const auto row = drawn_ahead_name(name);
  const std::array<db::Parameter, 1> parameters{std::string_view(row)};
  return !session.run(read_statement, parameters).empty();
}

void LeaseTable::remember_drawn_ahead(db::Session& session) const {
  if (!knows_drawn_ahead(session))
    make(session, drawn_ahead_name(name), "nobody: delete this row when ids are drawn by the INSERT", {});
}

void LeaseTable::release(db::Session& session, std::string_view holder, std::int64_t token) const {
  const std::array<db::Parameter, 3> parameters{std::string_view(name), holder, token};
  session.run(release_statement, parameters);
}

LeaseTable open_lease(db::Session& session, const db::Dialect& dialect, std::string_view outbox, const std::string& name) {
  const auto& queries = *dialect.queries;
  LeaseTable lease;
  lease.table = lease_table_beside(outbox);
  lease.name = name;
  const auto render = [&](std::string_view query, std::string_view text) {
    return db::render(query, text, {{"lease", dialect.identifier(lease.table)}});
  };
  lease.take_statement = render("lease_take", queries.lease_take);
  lease.first_statement = render("lease_first", queries.lease_first);
  lease.release_statement = render("lease_release", queries.lease_release);
  lease.read_statement = render("lease_read", queries.lease_read);
  if (declared_columns(session, dialect, lease.table).empty()) {
    throw SchemaError(
        "table " + lease.table +
        " not found. Create it with `outbox-relay init` or from sql/, grant this role its rights as grants.sql in sql/ does "
        "(some databases hide a table without them), or set lease.enabled=false.");
  }
  static_cast<void>(lease.read(session));
  lease.release(session, "nobody", 0);  // a missing right is told at once, not when the lease is free at last
  return lease;
}

}  // namespace relay::core
