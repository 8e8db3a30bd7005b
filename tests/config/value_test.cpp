#include "relay/config/value.hpp"

#include "tests/support/catch.hpp"

using namespace relay::config;
using namespace std::chrono_literals;

TEST_CASE("a duration is a whole number and a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("2s") == 2000ms);
  CHECK(parse_duration("5m") == 300'000ms);
  CHECK(parse_duration("1h") == 3'600'000ms);
  CHECK(parse_duration("1d") == 86'400'000ms);
  for (const auto* wrong : {"", "5", "s", "5 s", "-5s", "1.5s", "5S", "5sec", "99999999999999999999s", "9223372036854775807d"}) {
    INFO(wrong);
    CHECK_FALSE(parse_duration(wrong).has_value());
  }
}

TEST_CASE("a size is bytes, KiB, MiB or GiB") {
  CHECK(parse_size("65536") == 65536U);
  CHECK(parse_size("64KiB") == 65536U);
  CHECK(parse_size("16MiB") == 16U * 1024 * 1024);
  CHECK(parse_size("1GiB") == 1024U * 1024 * 1024);
  for (const auto* wrong : {"", "16MB", "16 MiB", "16mib", "-1", "1e6", "99999999999GiB"}) {
    INFO(wrong);
    CHECK_FALSE(parse_size(wrong).has_value());
  }
}

TEST_CASE("durations and sizes read back what they print") {
  for (const std::int64_t number : {0LL, 1LL, 999LL, 1000LL, 90'000LL, 3'600'000LL, 86'400'000LL, 86'400'001LL}) {
    CHECK(parse_duration(to_text(std::chrono::milliseconds(number))) == std::chrono::milliseconds(number));
    CHECK(parse_size(size_to_text(static_cast<std::uint64_t>(number))) == static_cast<std::uint64_t>(number));
  }
  CHECK(to_text(90s) == "90s");
  CHECK(size_to_text(16 << 20) == "16MiB");
}

TEST_CASE("an address is a host and a port, IPv6 in brackets") {
  CHECK(parse_address("127.0.0.1:9464")->port == 9464);
  CHECK(parse_address("[::1]:80")->host == "::1");
  CHECK(parse_address("relay.example:80")->host == "relay.example");
  for (const auto* wrong :
       {"", "9464", ":9464", "host", "host:", "host:0", "host:65536", "::1:80", "host:80x", "host:-1", "host:94 64"}) {
    INFO(wrong);
    CHECK_FALSE(parse_address(wrong).has_value());
  }
}

TEST_CASE("brokers are hosts with ports, or without, as librdkafka takes them") {
  for (const auto* right : {"kafka:9092", "kafka", "a:1, b:65535", "[::1]:9092", "[::1]", "::1", "SASL_SSL://kafka:9093",
                            "plaintext://kafka", "a:1,", "a:1,,b:2"}) {
    INFO(right);
    CHECK_FALSE(complaint(Brokers{}, right).has_value());
  }
  for (const auto* wrong : {"", ",", "a:1 ,b:2", "a:b]", "http://kafka:9092", "://a:1", "kafka:99999", "kafka:0",
                            "kafka:", "kafka:9092/x", ":9092", "a b:1", "[::1]:x"}) {
    INFO(wrong);
    CHECK(complaint(Brokers{}, wrong).value_or("").find("kafka-1:9092,kafka-2:9092") != std::string::npos);
  }
}

TEST_CASE("a list is names between commas, blanks around them do not count") {
  CHECK(parse_list("").empty());
  CHECK(parse_list("id, event_type") == std::vector<std::string>{"id", "event_type"});
  CHECK(complaint(List{}, "id,,x").has_value());
  CHECK(complaint(List{}, "id,").has_value());
}

TEST_CASE("a value outside its bounds is refused with the bounds") {
  CHECK_FALSE(complaint(Duration{1ms, 24h}, "24h").has_value());
  CHECK(complaint(Duration{1ms, 24h}, "25h")->find("from 1ms to 1d") != std::string::npos);
  CHECK(complaint(Count{1, 100}, "0")->find("from 1 to 100") != std::string::npos);
  CHECK_FALSE(complaint(Limit{1, 100}, "off"));
  CHECK_FALSE(complaint(Limit{1, 100}, "100"));
  CHECK(complaint(Limit{1, 100}, "0")->find("from 1 to 100, or off") != std::string::npos);
  CHECK(complaint(Size{65'536, 1U << 30U}, "1KiB")->find("from 64KiB to 1GiB") != std::string::npos);
  CHECK(complaint(Choice{{"delete", "mark"}}, "Delete")->find("delete, mark") != std::string::npos);
}

TEST_CASE("ids are one number or a range from low to high") {
  CHECK(parse_ids("17") == relay::Interval{17, 17});
  CHECK(parse_ids("17-42") == relay::Interval{17, 42});
  for (const auto* wrong : {"", "-", "17-", "42-17", "17-42-", "a-b", "17,42", " 17"}) {
    INFO(wrong);
    CHECK_FALSE(parse_ids(wrong).has_value());
  }
}
