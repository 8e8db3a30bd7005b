#pragma once

#include "relay/config/options.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace relay::config {

/// The options of these groups, in the table's order: `  --name VALUE   meaning [default]`.
[[nodiscard]] std::string describe_options(std::span<const Group> heeded);

/// `  term   text`, the text wrapped and indented under itself.
[[nodiscard]] std::string entry(std::string_view term, std::string_view text, std::size_t indent);

}  // namespace relay::config
