#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode {

/// A column's type as the database declares it, taken apart: `numeric(12,3)`, `timestamp(3) without time zone`, `int unsigned`,
/// `enum('sad','happy')`, `integer[]`.
struct DeclaredType {
  std::string base;                 ///< lower case: `numeric`, `timestamp without time zone`, `int`, `enum`
  std::vector<int> arguments;       ///< {12, 3}
  std::vector<std::string> labels;  ///< of enum and set
  bool is_unsigned = false;
  bool is_array = false;

  [[nodiscard]] int argument(std::size_t index, int otherwise) const noexcept {
    return index < arguments.size() ? arguments[index] : otherwise;
  }
};

/// Text that is no type of any known database gives a base that nothing knows.
[[nodiscard]] DeclaredType parse_declared_type(std::string_view text);

}  // namespace relay::encode
