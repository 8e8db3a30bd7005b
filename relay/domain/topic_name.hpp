#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace relay {

/// Whether Kafka allows a topic of that name: 1 to 249 of a-z A-Z 0-9 . _ - and neither `.` nor `..`
/// (org.apache.kafka.common.internals.Topic).
[[nodiscard]] constexpr bool is_topic_name(std::string_view name) noexcept {
  constexpr std::size_t longest = 249;
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= longest && name != "." && name != ".." && std::ranges::all_of(name, legal);
}

/// For the reason of a fault.
inline constexpr std::string_view topic_name_rule = R"(Kafka allows 1 to 249 of a-z A-Z 0-9 . _ - and neither "." nor "..")";

}  // namespace relay
