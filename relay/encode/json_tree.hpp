#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relay::encode {

/// A JSON value taken apart. Of members with one name the last value stands at the first one's place, as in Jackson's trees.
struct JsonTree {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object } kind = Kind::null;
  std::string text{};                ///< a string's text, escapes undone; a number's digits as they stood; `true`, `false`
  std::vector<std::string> names{};  ///< of an object's members
  std::vector<JsonTree> values{};    ///< an object's members, an array's items
};

/// Deeper nesting and longer numbers are refused, as Jackson does (StreamReadConstraints).
inline constexpr std::size_t deepest_json = 1000;
inline constexpr std::size_t longest_json_number = 1000;

/// Reads the first value of a text; what stands behind it is not looked at. Half a surrogate pair, escaped, becomes three octets.
/// @return nothing for text that is no JSON (RFC 8259) or beyond the limits
[[nodiscard]] std::optional<JsonTree> parse_json_tree(std::string_view text);

}  // namespace relay::encode
