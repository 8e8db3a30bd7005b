#pragma once

#include "db_adapters/port/dialect.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// The DDL of sql/<dialect>/ for a table of another name: the word `outbox` becomes `table`, quoted, and `outbox_unsent`
/// an index named after it. Comments stay as they are, and so does everything when the name is `outbox`.
[[nodiscard]] std::string ddl_for(const db::Dialect& dialect, std::string_view ddl, std::string_view table);

/// Its statements one by one, without comments.
[[nodiscard]] std::vector<std::string> statements_of(std::string_view ddl);

}  // namespace relay::cli
