#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times as databases print them, in the forms of Kafka Connect and Debezium. Nothing for text that is no such time.
namespace relay::encode {

/// Days since 1970-01-01, Gregorian also before 1582; `infinity` is Debezium's 2146033979.
[[nodiscard]] std::optional<std::int64_t> days_of(std::string_view date);

/// `12:34:56.123456`, and MySQL's `-838:59:59`.
[[nodiscard]] std::optional<std::int64_t> micros_of_day(std::string_view time);

/// `12:34:56.5+02` in UTC, within 0 to 24 hours.
[[nodiscard]] std::optional<std::int64_t> micros_of_zoned_day(std::string_view time);

/// Since 1970; `infinity` is the largest number.
[[nodiscard]] std::optional<std::int64_t> instant_micros(std::string_view timestamp);
/// The same, rounded down.
[[nodiscard]] std::optional<std::int64_t> instant_millis(std::string_view timestamp);

/// `2024-02-29T10:34:56.123456Z` with that many digits of fraction; the infinities are their own names.
[[nodiscard]] std::optional<std::string> zoned_instant(std::string_view timestamp, int digits);

/// `10:34:56.5Z`: in UTC, the shortest fraction.
[[nodiscard]] std::optional<std::string> zoned_time(std::string_view time);

/// PostgreSQL's `1 year 2 mons 3 days 04:05:06.789`; a month counts 30.4375 days, as in Debezium.
[[nodiscard]] std::optional<std::int64_t> interval_micros(std::string_view interval);

}  // namespace relay::encode
