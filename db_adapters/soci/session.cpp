#include "db_adapters/soci/session.hpp"

#include "db_adapters/soci/errors.hpp"

#include <utility>

namespace db::soci_adapter {

ResultSet SociSession::run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) {
  const bool alone = transaction_ == Transaction::none;
  ResultSet result;
  guarded(statement.name, alone && !only_reads(statement.sql), [&] {
    try {
      result = collect(statement, parameters, max_bytes);
    } catch (const DbError&) {
      if (alone) ended(false);
      throw;
    }
    if (alone) ended(true);
  });
  return result;
}

ResultSet SociSession::collect(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) {
  // SOCI's error is translated while the cursor lives: some backends have to ask its handle.
  std::unique_ptr<Cursor> cursor;
  try {
    cursor = prepare(statement.sql);
    bool row = cursor->execute(parameters);
    auto columns = cursor->columns();
    if (columns.empty()) return ResultSet(cursor->affected());
    Rows rows(max_bytes);
    for (; row; row = cursor->next()) {
      cursor->read(rows);
      if (rows.full()) throw DbError(Failure::too_large, "", "more than " + std::to_string(max_bytes) + " bytes of rows");
    }
    return rows.take(std::move(columns));
  } catch (const soci::soci_error& error) {
    throw error_of(error);
  }
}

ResultSet SociSession::execute(std::string_view sql) {
  return collect(Statement{{}, std::string(sql)}, {}, no_limit);
}

void SociSession::begin_snapshot() {
  guarded("begin", false, [this] { start(Transaction::snapshot); });
  transaction_ = Transaction::snapshot;
}

void SociSession::begin() {
  guarded("begin", false, [this] { start(Transaction::ordinary); });
  transaction_ = Transaction::ordinary;
}

void SociSession::commit() {
  const auto kind = transaction_;
  guarded("commit", kind == Transaction::ordinary, [&] { end(kind, true); });
  transaction_ = Transaction::none;
}

void SociSession::rollback() {
  const auto kind = std::exchange(transaction_, Transaction::none);
  guarded("rollback", false, [&] { end(kind, false); });
}

void SociSession::guarded(std::string_view name, bool changes, const std::function<void()>& call) {
  if (!usable_) throw DbError(Failure::connection_lost, "", std::string(name) + ": the connection was lost before");
  try {
    call();
  } catch (const soci::soci_error& error) {
    fail(name, changes, error_of(error));
  } catch (const DbError& error) {
    fail(name, changes, error);
  }
}

void SociSession::fail(std::string_view name, bool changes, const DbError& error) {
  if (error.connection_lost()) usable_ = false;
  throw DbError(error.failure(), std::string(error.code()), std::string(name) + ": " + error.what(),
                changes && error.connection_lost());
}

}  // namespace db::soci_adapter
