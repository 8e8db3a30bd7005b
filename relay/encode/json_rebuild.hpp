#pragma once

#include <string>
#include <string_view>

namespace relay::encode {

/// Writes JSON that MySQL printed as Debezium renders MySQL's stored values: no blanks, and numbers with a point or an exponent as
/// the binary doubles that they are: Java's text where that has no exponent, else every digit of the binary value. False: no JSON.
[[nodiscard]] bool rebuild_json(std::string& out, std::string_view text);

}  // namespace relay::encode
