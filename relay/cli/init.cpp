#include "relay/cli/adapters.hpp"
#include "relay/cli/command.hpp"
#include "relay/cli/ddl.hpp"
#include "relay/cli/relaying.hpp"

#include <ostream>

namespace relay::cli {
namespace {

/// The DDL has the native names only.
void refuse_other_columns(const config::Settings& settings) {
  for (const auto& [name, value] : settings.values.with_prefix("outbox.columns.")) {
    if (value->text == config::find_option(name)->fallback || value->origin.layer == config::Layer::fallback) continue;
    throw config::ConfigError(value->origin.layer,
                              config::name_and_origin(name, value->origin) +
                                  ": init makes the table with its own column names only; copy the DDL from sql/ and adapt it");
  }
}

std::string ddl_of(const config::Settings& settings, const db::Dialect& dialect) {
  const bool mark = settings.outbox.dispose == config::Dispose::mark;
  const auto ddl = mark ? dialect.outbox_mark_ddl : dialect.outbox_delete_ddl;
  if (ddl.empty()) throw core::SchemaError("init has no DDL for this database; copy the nearest one from sql/ and adapt it");
  return ddl_for(dialect, ddl, settings.outbox.table);
}

}  // namespace

int init(const config::Settings& settings, std::ostream& out) {
  refuse_other_columns(settings);
  const auto [driver, target] = database(settings);
  const auto session = driver->connect(target());
  const auto& dialect = driver->dialect(*session);
  const auto ddl = ddl_of(settings, dialect);
  if (settings.print) {
    out << ddl;
    return ok;
  }
  const auto shape = outbox_shape(settings);
  const bool existed = !core::declared_columns(*session, dialect, shape).empty();
  if (!existed) {
    for (auto& statement : statements_of(ddl)) session->run({"init", std::move(statement)}, {});
  }
  static_cast<void>(core::open_outbox(*session, dialect, shape));
  out << "table " << shape.table << (existed ? " is there already and fits; nothing was changed\n" : " created\n");
  out << "next: grant the application and the relay what they need: sql/" << dialect.name << "/grants.sql\n";
  return ok;
}

}  // namespace relay::cli
