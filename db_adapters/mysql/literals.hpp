#pragma once

#include "db_adapters/port/session.hpp"

#include <span>
#include <string>
#include <string_view>

namespace db::mysql {

/// The statement with each `?` replaced by its parameter as a literal: a proxy pins a session on server-side prepared statements.
/// A `?` inside quotes, backticks or a comment is no placeholder.
/// @param backslash_escapes  whether a backslash in a string literal has a meaning: `SERVER_STATUS_NO_BACKSLASH_ESCAPES`, inverted
/// @throws DbError  placeholders and parameters differ in number
[[nodiscard]] std::string with_literals(const Statement& statement, std::span<const Parameter> parameters, bool backslash_escapes);

/// Only reads: losing its reply leaves nothing in doubt.
[[nodiscard]] bool only_reads(std::string_view sql) noexcept;

}  // namespace db::mysql
