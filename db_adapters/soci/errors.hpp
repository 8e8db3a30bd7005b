#pragma once

#include "db_adapters/port/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace db::soci_adapter {

/// SQLite's extended result code. Source: sqlite.org/rescode.html.
/// @param message  SQLITE_ERROR stands for all faults of a statement: only its text tells a missing table from a wrong comma
[[nodiscard]] Failure sqlite_failure(int code, std::string_view message) noexcept;

/// ODBC's SQLSTATE. Source: ODBC Programmer's Reference, Appendix A; PostgreSQL's own states, which psqlODBC passes on.
/// @param native  the server's own number, where drivers put several meanings under one state
[[nodiscard]] Failure odbc_failure(std::string_view state, std::int64_t native) noexcept;

/// One of Firebird's ISC codes; a status vector has several. `other` for those that mean nothing by themselves.
/// Source: Firebird 3 Language Reference, Appendix B.
[[nodiscard]] Failure firebird_failure(std::int64_t code) noexcept;

/// Databases' texts have line breaks; ours have one line.
[[nodiscard]] std::string one_line(std::string_view text);

/// The statement begins with SELECT, WITH or VALUES: when its reply is lost, nothing is in doubt.
[[nodiscard]] bool only_reads(std::string_view sql) noexcept;

}  // namespace db::soci_adapter
