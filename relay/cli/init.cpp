#include "relay/cli/adapters.hpp"
#include "relay/cli/command.hpp"
#include "relay/cli/ddl.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/core/cursor_table.hpp"
#include "relay/core/dead_letters.hpp"
#include "relay/core/lease_table.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <system_error>

namespace relay::cli {
namespace {

/// The DDL has the native names only.
void refuse_other_columns(const config::Settings& settings) {
  auto asked = settings.values.with_prefix("outbox.columns.");
  asked.emplace_back("outbox.preset", settings.values.find("outbox.preset"));
  for (const auto& [name, value] : asked) {
    if (value->text == config::find_option(name)->fallback || value->origin.layer == config::Layer::fallback) continue;
    throw config::ConfigError(value->origin.layer,
                              config::name_and_origin(name, value->origin) +
                                  ": init makes the table with its own column names only; copy the DDL from sql/ and adapt it");
  }
}

std::string outbox_ddl(const config::Settings& settings, const db::Dialect& dialect) {
  const bool mark = settings.outbox.dispose == config::Dispose::mark;
  const auto ddl = mark ? dialect.outbox_mark_ddl : dialect.outbox_delete_ddl;
  if (ddl.empty()) throw core::SchemaError("init has no DDL for this database; copy the nearest one from sql/ and adapt it");
  return ddl_for(dialect, ddl, settings.outbox.table);
}

/// Not a server: whoever may read and write the file may do all, and nobody can be granted anything.
bool is_file(const config::Settings& settings) {
  return settings.source.scheme == "sqlite";
}

bool lacks_file(const config::Settings& settings, const db::Target& target) {
  std::error_code ignored;
  return is_file(settings) && !std::filesystem::exists(target.database, ignored);
}

/// Everywhere else a database file that is not there is a typing error.
void make_file(const std::string& path) {
  errno = 0;
  if (!std::ofstream(path, std::ios::app)) {
    throw db::DbError(db::Failure::missing_object, "",
                      "the SQLite file " + path + " cannot be made: " + std::generic_category().message(errno));
  }
}

/// To print the DDL no file is needed: an empty one stands in for it.
std::unique_ptr<db::Session> connect(const config::Settings& settings, const db::Driver& driver, db::Target target) {
  if (settings.print && lacks_file(settings, target)) target.database = "/dev/null";
  return driver.connect(target);
}

void run_ddl(db::Session& session, const std::string& ddl) {
  for (auto& statement : statements_of(ddl)) session.run({"init", std::move(statement)}, {});
}

/// @return false: it was there, or another one made it meanwhile; PostgreSQL's IF NOT EXISTS overlooks what is not committed yet
bool made(db::Session& session, const db::Dialect& dialect, const std::string& table, const std::string& ddl) {
  const auto exists = [&] { return !core::declared_columns(session, dialect, table).empty(); };
  if (exists()) return false;
  try {
    run_ddl(session, ddl);
    return true;
  } catch (const db::DbError&) {
    if (!exists()) throw;
    run_ddl(session, ddl);  // what is still missing beside the table
    return false;
  }
}

/// Makes the table where it is not, and says so.
void create(db::Session& session, const db::Dialect& dialect, const std::string& table, const std::string& ddl, std::ostream& out) {
  out << "table " << table << (made(session, dialect, table, ddl) ? " created\n" : " is there already; nothing was changed\n");
}

/// What polling needs beside the tables: where it keeps its cursors, and the lease.
int init_polling(const config::Settings& settings, std::ostream& out) {
  const auto [driver, target] = database(settings);
  const auto session = connect(settings, *driver, target());
  const auto& dialect = driver->dialect(*session);
  const auto& polled = settings.polling.tables.front();
  const auto cursor_table = core::cursor_table_beside(polled);
  const auto lease_table = core::lease_table_beside(polled);
  const auto cursor = ddl_for(dialect, dialect.cursor_ddl, cursor_table, core::cursor_table_beside({}));
  const auto lease = ddl_for(dialect, dialect.lease_ddl, lease_table, core::lease_table_beside({}));
  if (cursor.empty()) throw core::SchemaError("source.mode = table is not for this database");
  if (settings.print) {
    out << cursor;
    if (settings.lease.enabled) out << '\n' << lease;
    return ok;
  }
  create(*session, dialect, cursor_table, cursor, out);
  static_cast<void>(core::open_cursor_table(*session, dialect, polled));
  if (!settings.lease.enabled) return ok;
  create(*session, dialect, lease_table, lease, out);
  static_cast<void>(core::open_lease(*session, dialect, polled, settings.lease.name));
  return ok;
}

int init_outbox(const config::Settings& settings, std::ostream& out) {
  refuse_other_columns(settings);
  const auto [driver, target] = database(settings);
  const auto at = target();
  if (!settings.print && lacks_file(settings, at)) make_file(at.database);
  const auto session = connect(settings, *driver, at);
  const auto& dialect = driver->dialect(*session);
  const auto outbox = outbox_ddl(settings, dialect);
  const auto lease_table = core::lease_table_beside(settings.outbox.table);
  const auto lease = ddl_for(dialect, dialect.lease_ddl, lease_table, core::lease_table_beside({}));
  const auto dead_table = core::DeadLetters::table_of(settings.outbox.table);
  const auto dead = ddl_for(dialect, dialect.dead_ddl, settings.outbox.table);
  if (settings.print) {
    out << outbox << '\n' << dead;
    if (settings.lease.enabled) out << '\n' << lease;
    return ok;
  }
  create(*session, dialect, settings.outbox.table, outbox, out);
  const auto table = core::open_outbox(*session, dialect, outbox_shape(settings));
  create(*session, dialect, dead_table, dead, out);
  static_cast<void>(core::DeadLetters::open(*session, table));
  if (settings.lease.enabled) {
    create(*session, dialect, lease_table, lease, out);
    static_cast<void>(core::open_lease(*session, dialect, settings.outbox.table, settings.lease.name));
  }
  if (!is_file(settings))
    out << "next: grant the application and the relay what they need: sql/" << dialect.name << "/grants.sql\n";
  return ok;
}

}  // namespace

int init(const config::Settings& settings, std::ostream& out) {
  return settings.polling.mode == config::SourceMode::table ? init_polling(settings, out) : init_outbox(settings, out);
}

}  // namespace relay::cli
