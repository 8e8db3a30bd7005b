#include "db_adapters/postgres/session.hpp"

#include "db_adapters/postgres/errors.hpp"

#include <string_view>

namespace db::postgres {
namespace {

struct Facts {
  ServerFacts server;
  bool set_up = false;
};

Facts read_facts(Connection& connection, const Target& target) {
  const auto rows =
      result_set(connection.exchange({"server facts",
                                      "SELECT split_part(current_setting('server_version'), ' ', 1),"
                                      " pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean, " +
                                          session_is_set_up(target)},
                                     Parameters({})));
  const auto row = rows[0];
  const char* tls = PQsslAttribute(connection.pg(), "protocol");
  return {.server = {"PostgreSQL " + std::string(row[0].bytes()), row[1].bytes() == "true", tls == nullptr ? "" : tls},
          .set_up = row[2].bytes() == "true"};
}

/// A pooler may take the settings at connect and drop them (pgbouncer: ignore_startup_parameters): in another time zone rows would
/// be lost in silence, in another bytea_output garbage be sent.
ServerFacts with_settings(Connection& connection, const Target& target) {
  auto facts = read_facts(connection, target);
  if (facts.set_up) return facts.server;
  connection.exchange({"session settings", session_set_up(target)}, Parameters({}));
  facts = read_facts(connection, target);
  if (facts.set_up) return facts.server;
  throw DbError(
      Failure::bad_value, "",
      "the session does not keep its settings, TimeZone and the like: a pooler between hands its server to others after every "
      "transaction. Let it pool by session (pgbouncer: pool_mode = session), or name the server itself in source.url");
}

/// The connection stops a large result on its way by an estimate that never is too high; this is exact.
std::size_t bytes_in(const ResultSet& rows) {
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const auto& cell : rows[row]) bytes += cell.bytes().size();
  }
  return bytes;
}

}  // namespace

PostgresSession::PostgresSession(const Target& target) : connection_(target), facts_(with_settings(connection_, target)) {}

ResultSet PostgresSession::run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) {
  auto rows = result_set(connection_.exchange(statement, Parameters(parameters), max_bytes));
  if (max_bytes != no_limit && bytes_in(rows) > max_bytes) throw too_large_error(statement.name, max_bytes);
  return rows;
}

void PostgresSession::begin_snapshot() {
  connection_.exchange({"begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}, Parameters({}));
}

void PostgresSession::begin() {
  connection_.exchange({"begin", "BEGIN ISOLATION LEVEL READ COMMITTED"}, Parameters({}));
}

void PostgresSession::commit() {
  const auto reply = connection_.exchange({"commit", "COMMIT"}, Parameters({}));
  // The server answers the COMMIT of a failed transaction politely, and rolls it back.
  if (std::string_view(PQcmdStatus(const_cast<PGresult*>(reply.get()))) != "COMMIT") {  // NOLINT: libpq forgot const
    throw DbError(Failure::other, "25P02", "commit: the transaction was rolled back, because one of its statements had failed");
  }
}

void PostgresSession::rollback() {
  connection_.exchange({"rollback", "ROLLBACK"}, Parameters({}));
}

}  // namespace db::postgres
