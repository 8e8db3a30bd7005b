#pragma once

#include "tests/sinks/database.hpp"

#include <string>
#include <vector>

/// An ordinary table that is polled, with an order's columns and, beside them, those types that only its own kind of database has.
namespace sinks {

/// With sql/*/update_ts.sql, and rows in it.
void make_invoices(Database& shop, const std::string& table);

/// The table behind the sink, of the same types.
void make_copy_of_invoices(Database& warehouse, const std::string& table);

/// Some rows change, one is marked as deleted, one is new.
void change_invoices(Database& shop, const std::string& table);

/// What there is, deleted rows left out: the columns that every database has, in one way of writing.
[[nodiscard]] std::vector<std::string> invoices(Database& database, const std::string& table);

/// The same, with the columns that only this kind of database has.
[[nodiscard]] std::vector<std::string> invoices_with_own_types(Database& database, const std::string& table);

}  // namespace sinks
