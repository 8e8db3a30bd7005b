#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace relay::encode {

/// What Java's Double.toString and Float.toString write, shortest digits (JDK 19 and later): `1.0`, `1.0E21`, `NaN`, `-Infinity`.
[[nodiscard]] std::string java_text(double number);
[[nodiscard]] std::string java_text(float number);

/// Reads what databases print; over the range it is infinite, as in Java. `Infinity`, `inf` and `NaN` are read.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<float> parse_float(std::string_view text);

/// Every digit of the binary value, no exponent, no point where there is no fraction: BigDecimal(double).toPlainString().
[[nodiscard]] std::string exact_decimal(double number);

/// An exact decimal number, `-12.500`: sign, digits and how many of them stand behind the point.
struct Decimal {
  bool negative = false;
  std::string digits;
  int scale = 0;
};

/// @return nothing for `NaN`, an exponent, or any other text
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text);

/// Gives it another scale. False: digits other than zero would be lost.
[[nodiscard]] bool rescale(Decimal& decimal, int scale);

/// The unscaled value as the shortest two's complement, big-endian: what Connect's Decimal holds.
[[nodiscard]] std::string unscaled_octets(const Decimal& decimal);

}  // namespace relay::encode
