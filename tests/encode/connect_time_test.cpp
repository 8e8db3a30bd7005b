#include "relay/encode/connect_time.hpp"

#include "tests/support/catch.hpp"

#include <string>

using namespace relay::encode;

namespace {

constexpr std::int64_t second = 1'000'000;

}  // namespace

TEST_CASE("times of day are read as databases print them") {
  CHECK(micros_of_day("12:34:56.5") == 45'296 * second + 500'000);
  CHECK(micros_of_day("-838:59:59") == -3'020'399 * second);
  CHECK(micros_of_day("23:59:60") == 86'400 * second);
  CHECK(micros_of_zoned_day("00:30:00+02") == 81'000 * second);
  CHECK(micros_of_zoned_day("12:00:00-03:30") == 55'800 * second);
}

TEST_CASE("what is no time is not taken for one, however large its numbers") {
  const std::string huge = "9223372036854775807";
  for (const auto& text :
       {"12:" + huge, "12:00:" + huge, huge + ":00", std::string("12:60"), std::string("12:-1"), std::string("12:00:61")}) {
    INFO(text);
    CHECK_FALSE(micros_of_day(text));
    CHECK_FALSE(micros_of_zoned_day(text + "+00"));
    CHECK_FALSE(interval_micros(text));
  }
  for (const auto& offset : {"+" + huge, "-" + huge, "+02:" + huge, "+02:00:" + huge, std::string("+02:-1")}) {
    INFO(offset);
    CHECK_FALSE(micros_of_zoned_day("12:00:00" + offset));
  }
}

TEST_CASE("intervals are sums, unless they are more than 64 bit of microseconds") {
  CHECK(interval_micros("1 day 01:00:00") == 90'000 * second);
  CHECK(interval_micros("-1 days +01:00:00") == -82'800 * second);
  std::string long_one;
  for (int i = 0; i < 4000; ++i) long_one += "999999:00:00 ";
  CHECK_FALSE(interval_micros(long_one));
  CHECK_FALSE(interval_micros("1000000000 years"));
}
