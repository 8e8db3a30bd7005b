#include "relay/encode/java_number.hpp"

#include "tests/support/catch.hpp"

#include <limits>

using namespace relay::encode;

TEST_CASE("floating point numbers stand as Java writes them") {
  CHECK(java_text(1.0) == "1.0");
  CHECK(java_text(0.001) == "0.001");
  CHECK(java_text(9999999.5) == "9999999.5");
  CHECK(java_text(1e7) == "1.0E7");
  CHECK(java_text(1e21) == "1.0E21");
  CHECK(java_text(-0.0) == "-0.0");
  CHECK(java_text(0.0001) == "1.0E-4");
  CHECK(java_text(std::numeric_limits<double>::denorm_min()) == "4.9E-324");
  CHECK(java_text(std::numeric_limits<float>::denorm_min()) == "1.4E-45");
  CHECK(java_text(16777216.0F) == "1.6777216E7");
  CHECK(java_text(-std::numeric_limits<double>::infinity()) == "-Infinity");
}

TEST_CASE("numbers out of range are infinite or zero") {
  CHECK(java_text(parse_double("1e400").value()) == "Infinity");
  CHECK(java_text(parse_double("-1e-400").value()) == "-0.0");
  CHECK_FALSE(parse_double("12x").has_value());
}

TEST_CASE("the exact digits of a binary double") {
  CHECK(exact_decimal(1e-7) == "0.0000000999999999999999954748111825886258685613938723690807819366455078125");
  CHECK(exact_decimal(1e21) == "1000000000000000000000");
}

TEST_CASE("a decimal's unscaled value is the shortest two's complement") {
  const auto octets = [](std::string_view text) { return unscaled_octets(parse_decimal(text).value()); };
  CHECK(octets("0") == std::string(1, '\0'));
  CHECK(octets("123.45") == "09");
  CHECK(octets("-0.001") == "\xFF");
  CHECK(octets("128") == std::string("\0\x80", 2));
  CHECK(octets("-128") == "\x80");
  CHECK(octets("18446744073709551616") == std::string("\x01\0\0\0\0\0\0\0\0", 9));
  CHECK_FALSE(parse_decimal("NaN").has_value());
}
