#pragma once

#include "relay/domain/address.hpp"
#include "relay/domain/interval.hpp"
#include "relay/encode/message_shape.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relay::config {

/// What an option's value may be; every value arrives as text.
struct Text {
  std::string_view placeholder = "TEXT";
  bool may_be_empty = true;
};
struct Choice {
  std::vector<std::string_view> words;
};
/// `500ms`, `2s`, `5m`, `1h`, `1d`
struct Duration {
  std::chrono::milliseconds least;
  std::chrono::milliseconds most;
};
/// Bytes: `65536`, `64KiB`, `16MiB`, `1GiB`
struct Size {
  std::uint64_t least;
  std::uint64_t most;
};
struct Count {
  std::uint64_t least;
  std::uint64_t most;
};
/// A number, or `off`
struct Limit {
  std::uint64_t least;
  std::uint64_t most;
};
/// `17` or `17-42`
struct Ids {};
/// `2026-01-02T03:04:05Z` and what else parse_timestamp reads; UTC without an offset
struct Time {};
/// `true` or `false`; on the command line the name alone says true
struct Flag {};
/// `HOST:PORT`, or nothing
struct Listen {};
/// `HOST:PORT,...`; as for librdkafka `SSL://` and the like may come first, and the port may be left out
struct Brokers {};
/// `a,b,c`, or nothing
struct List {};
/// `column:header[:name]`, `column:envelope[:name]`, `column:partition`, or nothing
struct Placements {};
/// `table` or `schema.table`
struct TableName {};
/// See db_adapters/port/url.hpp
struct DatabaseUrl {};

using Type = std::variant<Text, Choice, Duration, Size, Count, Limit, Ids, Time, Flag, Listen, Brokers, List, Placements, TableName,
                          DatabaseUrl>;

/// What is allowed, for a person who wrote something else: `a duration from 1ms to 1d: 500ms, 2s, 5m, 1h, 1d`. Nothing when the
/// value is fine.
[[nodiscard]] std::optional<std::string> complaint(const Type& type, std::string_view value);

/// What stands for the value in help: `DURATION`, `delete|mark`.
[[nodiscard]] std::string placeholder(const Type& type);

[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> parse_count(std::string_view text) noexcept;
[[nodiscard]] std::optional<Interval> parse_ids(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::vector<encode::ExtraColumn>> parse_placements(std::string_view text);
[[nodiscard]] std::vector<std::string> parse_list(std::string_view text);

/// In the largest unit that loses nothing: 90000 ms is `90s`.
[[nodiscard]] std::string to_text(std::chrono::milliseconds duration);
[[nodiscard]] std::string size_to_text(std::uint64_t bytes);

[[nodiscard]] std::optional<Address> parse_address(std::string_view text);
[[nodiscard]] bool is_broker(std::string_view text);

}  // namespace relay::config
