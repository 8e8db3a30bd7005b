#pragma once

#include "db_adapters/mysql/handle.hpp"
#include "db_adapters/port/error.hpp"

#include <string>
#include <string_view>

namespace db::mysql {

/// The error that a statement ended with.
/// Sources: MySQL's Server Error Message Reference, MariaDB's error code list, both libraries' errmsg.h.
/// @param what_ran  the statement's name; begins the text
/// @param changes   the statement may change rows and commits by itself: when its reply is lost, it is in doubt
[[nodiscard]] DbError error_of(MYSQL& connection, std::string_view what_ran, bool changes);

/// The error that an attempt to connect ended with.
/// @param where  host and port, or the socket; begins the text
[[nodiscard]] DbError connect_error(MYSQL& connection, std::string_view where);

/// The server's texts quote statements with their line breaks; ours have one line.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace db::mysql
