#pragma once

#include "db_adapters/port/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <libpq-fe.h>

namespace db::postgres {

/// What an SQLSTATE means to the relay (PostgreSQL's manual, appendix A).
[[nodiscard]] Failure failure_of(std::string_view sqlstate) noexcept;

/// The error that the server sent in reply to a statement.
/// @param what_ran  the statement's name; begins the text
/// @param changes   the statement may change rows and commits by itself: when its connection ends, it is in doubt
[[nodiscard]] DbError error_of(const PGresult& reply, std::string_view what_ran, bool changes);

/// The error of an attempt to connect that libpq gave up.
/// @param in_tls_handshake  how far it had come: a refused certificate has no SQLSTATE
[[nodiscard]] DbError connect_error(const PGconn& connection, bool in_tls_handshake);

[[nodiscard]] DbError too_large_error(std::string_view what_ran, std::size_t max_bytes);

/// libpq's texts come in several lines; ours have one.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace db::postgres
