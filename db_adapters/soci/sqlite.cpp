#include "db_adapters/soci/sqlite.hpp"

#include "db_adapters/soci/errors.hpp"
#include "db_adapters/soci/sqlite_cursor.hpp"

#include <filesystem>
#include <unistd.h>

namespace db::soci_adapter {

namespace {

/// How many steps of SQLite's machine pass between two looks at the clock: some ten microseconds.
constexpr int steps_between_looks = 4096;

/// SOCI's SQLite backend would create the file: a typing error in its name has to be an error.
void require_file(const std::string& path) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  if (kind == std::filesystem::file_type::not_found) {
    throw DbError(Failure::missing_object, "",
                  "no SQLite file " + path + ": correct source.url, or create the outbox there with outbox-relay init");
  }
  if (kind == std::filesystem::file_type::directory)
    throw DbError(Failure::missing_object, "", path + " is a directory: source.url has to name a SQLite file in it");
  if (access(path.c_str(), R_OK) != 0)
    throw DbError(Failure::privilege, "", "the SQLite file " + path + " may not be read by this user: change its owner or mode");
  const auto folder = std::filesystem::canonical(path, ignored).parent_path().string();
  for (const auto& place : {path, folder}) {  // SQLite puts its journal beside the file
    if (access(place.c_str(), W_OK) != 0)
      throw DbError(Failure::privilege, "", place + " may not be written by this user: change its owner or mode");
  }
}

/// SOCI reads a string with `=` as a list of options.
std::string connect_string(const std::string& path) {
  if (path.find('=') == std::string::npos) return path;
  if (path.find('"') != std::string::npos)
    throw DbError(Failure::bad_value, "", "the SQLite file " + path + " has both = and \" in its name: rename it");
  return "db=\"" + path + "\"";
}

soci::session open(const Target& target) {
  require_file(target.database);
  try {
    return {soci::sqlite3, connect_string(target.database)};
  } catch (const soci::soci_error& error) {
    throw DbError(Failure::unreachable, "", target.database + ": " + one_line(error.get_error_message()));
  }
}

}  // namespace

SqliteSession::SqliteSession(const Target& target) : session_(open(target)), statement_timeout_(target.statement_timeout) {
  set_up(target);
}

void SqliteSession::set_up(const Target& target) {
  auto* const connection = sqlite_handle(session_);
  ::sqlite_api::sqlite3_extended_result_codes(connection, 1);
  const std::chrono::milliseconds patience = target.lock_timeout;
  ::sqlite_api::sqlite3_busy_timeout(connection, static_cast<int>(patience.count()));
  ::sqlite_api::sqlite3_progress_handler(
      connection, steps_between_looks,
      [](void* self) -> int { return std::chrono::steady_clock::now() > static_cast<SqliteSession*>(self)->deadline_; }, this);
  known().product = std::string("SQLite ") + ::sqlite_api::sqlite3_libversion();
  known().read_only = ::sqlite_api::sqlite3_db_readonly(connection, "main") == 1;
  // The first read: a file that is no database says so now, not in the middle of the work.
  guarded(target.database, false, [this] { execute("SELECT count(*) FROM sqlite_master"); });
}

std::unique_ptr<Cursor> SqliteSession::prepare(std::string_view sql) {
  deadline_ = std::chrono::steady_clock::now() + statement_timeout_;
  return std::make_unique<SqliteCursor>(session_, sql);
}

void SqliteSession::start(Transaction kind) {
  if (kind == Transaction::ordinary) {
    // IMMEDIATE: it waits for another writer here, where waiting helps, and not in the middle, where SQLite gives up at once.
    execute("BEGIN IMMEDIATE");
    return;
  }
  execute("BEGIN");
  execute("PRAGMA query_only = 1");
  execute("SELECT count(*) FROM sqlite_master");  // the snapshot is taken by the first read
}

void SqliteSession::end(Transaction kind, bool commit) {
  if (kind == Transaction::snapshot) execute("PRAGMA query_only = 0");
  // An interrupted change, a full disk and the like have rolled back already.
  const bool open = ::sqlite_api::sqlite3_get_autocommit(sqlite_handle(session_)) == 0;
  if (open)
    execute(commit ? "COMMIT" : "ROLLBACK");
  else if (commit && kind != Transaction::none)
    throw DbError(Failure::deadlock, "", "SQLite had rolled the transaction back");
}

DbError SqliteSession::error_of(const soci::soci_error& /*error*/) {
  return sqlite_error(sqlite_handle(session_));
}

void SqliteSession::cancel() noexcept {
  ::sqlite_api::sqlite3_interrupt(sqlite_handle(session_));
}

}  // namespace db::soci_adapter
