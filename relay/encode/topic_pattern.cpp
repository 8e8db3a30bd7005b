#include "relay/encode/topic_pattern.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace relay::encode {

namespace {

[[noreturn]] void refuse(std::string_view option, std::string_view text, std::string_view why) {
  throw std::invalid_argument(std::string{option} + "=" + std::string{text} + ": " + std::string{why});
}

/// `(?<name>...)` -> `(...)`. @param names  of the groups in their order, empty for one without a name
std::string without_names(std::string_view pattern, std::vector<std::string>& names) {
  std::string plain;
  bool in_class = false;
  while (!pattern.empty()) {
    std::size_t taken = 1;
    plain += pattern[0];
    if (pattern[0] == '\\' && pattern.size() > 1) {
      plain += pattern[1];
      taken = 2;
    } else if (pattern[0] == '[' || pattern[0] == ']') {
      in_class = pattern[0] == '[';
    } else if (pattern[0] == '(' && !in_class) {
      const bool named = pattern.starts_with("(?<") && !pattern.starts_with("(?<=") && !pattern.starts_with("(?<!");
      const auto end = pattern.find('>');
      if (named && end != std::string_view::npos) {
        names.emplace_back(pattern.substr(3, end - 3));
        taken = end + 1;
      } else if (!pattern.starts_with("(?")) {
        names.emplace_back();
      }
    }
    pattern.remove_prefix(taken);
  }
  return plain;
}

}  // namespace

TopicPattern::TopicPattern(std::string_view pattern, std::string_view replacement) {
  std::vector<std::string> names;
  try {
    pattern_ = std::regex(without_names(pattern, names), std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error&) {
    refuse("message.topic-pattern", pattern, "no regular expression (ECMAScript, with named groups)");
  }
  compile_replacement(replacement, names);
}

void TopicPattern::compile_replacement(std::string_view replacement, const std::vector<std::string>& group_names) {
  constexpr std::string_view option = "message.topic-replacement";
  Part part;
  for (auto rest = replacement; !rest.empty();) {
    if (rest[0] == '\\' && rest.size() > 1) {
      part.text += rest[1];
      rest.remove_prefix(2);
    } else if (rest[0] != '$') {
      part.text += rest[0];
      rest.remove_prefix(1);
    } else if (rest.starts_with("${")) {
      const auto name = rest.substr(2, rest.find('}') - 2);
      const auto found = std::ranges::find(group_names, name);
      if (found == group_names.end() || rest.find('}') == std::string_view::npos) {
        refuse(option, replacement, "message.topic-pattern has no group of that name");
      }
      part.group = static_cast<std::size_t>(found - group_names.begin()) + 1;
      rest.remove_prefix(name.size() + 3);
    } else {
      std::size_t group = 0;
      const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + std::min<std::size_t>(rest.size(), 2), group);
      if (error != std::errc{} || group > group_names.size())
        refuse(option, replacement, "message.topic-pattern has no such group");
      part.group = group;
      rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    if (part.group) parts_.push_back(std::exchange(part, {}));
  }
  parts_.push_back(std::move(part));
}

std::optional<std::string> TopicPattern::applied_to(std::string_view value) const {
  if (value.size() > longest_value) return std::nullopt;
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(value.begin(), value.end(), match, pattern_)) return std::string{value};
  std::string topic;
  for (const auto& [text, group] : parts_) {
    topic += text;
    if (group) topic += match[*group].str();
  }
  return topic;
}

}  // namespace relay::encode
