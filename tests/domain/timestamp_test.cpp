#include "relay/domain/timestamp.hpp"

#include "tests/support/catch.hpp"

#include <random>
#include <string>

using relay::iso_timestamp;
using relay::parse_timestamp;

TEST_CASE("a timestamp is read as each database writes it") {
  const relay::Micros expected = 1'767'323'045'678'901;  // date -u -d '2026-01-02 03:04:05.678901' +%s%6N
  CHECK(parse_timestamp("2026-01-02 03:04:05.678901") == expected);
  CHECK(parse_timestamp("2026-01-02T03:04:05.678901Z") == expected);
  CHECK(parse_timestamp("2026-01-02 03:04:05.678901+00") == expected);
  CHECK(parse_timestamp("2026-01-02 03:04:05.678901+00:00") == expected);
  CHECK(parse_timestamp("2026-01-02 08:34:05.678901+05:30") == expected);
  CHECK(parse_timestamp("2026-01-01 22:04:05.678901-05") == expected);
  CHECK(parse_timestamp("2026-01-02 03:04:05.678901999") == expected);
  CHECK(parse_timestamp("2026-01-02 03:04:05.6789") == expected - 1);
  CHECK(parse_timestamp("2026-01-02 03:04:05") == expected - 678'901);
}

TEST_CASE("times before 1970 count backwards") {
  CHECK(parse_timestamp("1969-12-31 23:59:59.999999") == -1);
  CHECK(parse_timestamp("1970-01-01 00:00:00") == 0);
  CHECK(iso_timestamp(-1) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("leap days exist only in leap years") {
  CHECK(parse_timestamp("2024-02-29 00:00:00").has_value());
  CHECK(parse_timestamp("2000-02-29 00:00:00").has_value());
  CHECK_FALSE(parse_timestamp("2023-02-29 00:00:00").has_value());
  CHECK_FALSE(parse_timestamp("1900-02-29 00:00:00").has_value());
}

TEST_CASE("what is no timestamp is not read as one") {
  for (const char* text : {"",
                           "infinity",
                           "-infinity",
                           "2026-01-02",
                           "2026-01-02 03:04",
                           "2026-01-02 03:04:05.",
                           "2026-01-02 03:04:05.1234567890",
                           "0044-03-15 00:00:00 BC",
                           "2026-13-02 03:04:05",
                           "2026-00-02 03:04:05",
                           "2026-01-32 03:04:05",
                           "2026-01-02 24:00:00",
                           "2026-01-02 03:60:05",
                           "2026-01-02 03:04:60",
                           "2026-01-02 03:04:05+24",
                           "2026-01-02 03:04:05+00:60",
                           "2026-01-02 03:04:05+0",
                           "2026-01-02 03:04:05Zx",
                           "2026-01-02 03:04:05 ",
                           " 2026-01-02 03:04:05",
                           "2026-1-02 03:04:05",
                           "2026/01/02 03:04:05",
                           "0000-00-00 00:00:00",
                           "12026-01-02 03:04:05"}) {
    INFO('"' << text << '"');
    CHECK_FALSE(parse_timestamp(text).has_value());
  }
}

TEST_CASE("a timestamp is written in ISO 8601 with six digits of fraction") {
  CHECK(iso_timestamp(1'767'323'045'678'901) == "2026-01-02T03:04:05.678901Z");
  CHECK(iso_timestamp(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(iso_timestamp(1) == "1970-01-01T00:00:00.000001Z");
}

TEST_CASE("a timestamp that is written and read again is the same, over all years of four digits") {
  constexpr unsigned seed = 20260102;
  INFO("seed " << seed);
  std::mt19937_64 random{seed};
  std::uniform_int_distribution<relay::Micros> instants{*parse_timestamp("0000-01-01 00:00:00"),
                                                        *parse_timestamp("9999-12-31 23:59:59.999999")};
  for (int i = 0; i < 20'000; ++i) {
    const auto instant = instants(random);
    REQUIRE(parse_timestamp(iso_timestamp(instant)) == instant);
  }
}
