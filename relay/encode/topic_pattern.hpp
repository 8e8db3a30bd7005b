#pragma once

#include <cstddef>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode {

/// A topic by regular expression, as Kafka's RegexRouter and EventRouter's route.topic.regex: where the pattern matches the whole
/// value, the topic is the replacement, else the value itself.
///
/// The pattern is ECMAScript's, with named groups `(?<name>...)` besides; the replacement knows `$1`, `${name}` and `\$`.
class TopicPattern {
 public:
  /// Longer values are not matched: the expression's stack grows with them, and no topic has such a name.
  static constexpr std::size_t longest_value = 1000;

  /// @throws std::invalid_argument  one line that names message.topic-pattern or message.topic-replacement
  TopicPattern(std::string_view pattern, std::string_view replacement);

  /// @return nothing for a value that is too long
  [[nodiscard]] std::optional<std::string> applied_to(std::string_view value) const;

 private:
  /// Text, then a group's match; the last part may have no group.
  struct Part {
    std::string text;
    std::optional<std::size_t> group;
  };

  void compile_replacement(std::string_view replacement, const std::vector<std::string>& group_names);

  std::regex pattern_;
  std::vector<Part> parts_;
};

}  // namespace relay::encode
