#pragma once

#include "db_adapters/port/dialect.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// The DDL of sql/<dialect>/ for a table of another name: the word `native` becomes `table`, quoted, and `outbox_unsent`
/// an index named after it. Comments stay as they are, and so does everything when the name is the native one.
[[nodiscard]] std::string ddl_for(const db::Dialect& dialect, std::string_view ddl, std::string_view table,
                                  std::string_view native = "outbox");

/// Its statements one by one, without comments.
[[nodiscard]] std::vector<std::string> statements_of(std::string_view ddl);

}  // namespace relay::cli
