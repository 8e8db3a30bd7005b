#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace db::soci_adapter {

/// A statement with a `?` for every placeholder.
struct Positional {
  std::string sql;
  std::vector<std::size_t> order;  ///< which parameter each `?` takes; one that is named twice is taken twice
  std::size_t parameters = 0;      ///< how many there are
};

/// Turns `:name` into `?`, outside of literals and quoted identifiers; SOCI's own rewriting does not know the latter.
[[nodiscard]] Positional positional(std::string_view sql);

}  // namespace db::soci_adapter
