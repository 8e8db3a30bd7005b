#pragma once

#include "tests/sinks/database.hpp"

#include <string>
#include <vector>

/// The orders of deploy/examples, in an outbox and in the tables of the sinks.
namespace sinks {

/// Writes events of `kind` (`orders`: topic shop.orders) as an application does: values at the ends of their types, orders that
/// change, one that is gone.
/// @param events  the outbox, or a table like it
void write_orders(Database& shop, const std::string& kind, const std::string& events = "outbox");

/// The columns of outbox_postgres.sql and outbox_mysql.sql, for a list; `_written`: in one way of writing for both databases.
extern const std::string order_columns;
[[nodiscard]] std::string order_columns_written(const Database& database);
/// A moment in UTC, in that way of writing.
[[nodiscard]] std::string moment_written(const Database& database, const std::string& column);

/// Each order as its last event left it, in one way of writing for both databases. An order that is gone has none.
[[nodiscard]] std::vector<std::string> last_states(Database& shop, const std::string& events, const std::string& kind);

/// The rows of a sink's table, written in the same way.
[[nodiscard]] std::vector<std::string> stored(Database& warehouse, const std::string& table);

}  // namespace sinks
