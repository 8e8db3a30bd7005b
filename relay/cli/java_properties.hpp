#pragma once

#include <map>
#include <string>
#include <string_view>

namespace relay::cli {

/// A connector's properties: name and value.
using Properties = std::map<std::string, std::string>;

/// Reads what java.util.Properties.load reads: escapes, continued lines, `=`, `:` or a blank as separator, `#` and `!` comments; of
/// a name that is set twice the later value. Octets behind ASCII are taken for UTF-8, as editors write them.
/// @throws std::invalid_argument  a `\u` without four hexadecimal digits; the text names the line's number and nothing of it
[[nodiscard]] Properties read_java_properties(std::string_view text);

/// `name=value` without a line's end, in ASCII alone: Properties.load, which takes octets for Latin-1, reads the same back.
[[nodiscard]] std::string java_property(std::string_view name, std::string_view value);

}  // namespace relay::cli
