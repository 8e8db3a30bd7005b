#pragma once

#include "relay/domain/table_window.hpp"

#include <string>
#include <string_view>

namespace relay::core {

/// A table's progress as it is saved: one JSON object, for people to read too. What was sent behind the cursor stands there as
/// hexadecimal digits; another build of the program may not know it again, and would send those rows once more.
[[nodiscard]] std::string to_text(const TableProgress& progress);

/// @throws std::invalid_argument  no such text
[[nodiscard]] TableProgress progress_from(std::string_view text);

/// @throws std::invalid_argument  it was saved for a table in another order, where it means nothing
void require_fit(const TableProgress& progress, TableKeys keys);

}  // namespace relay::core
