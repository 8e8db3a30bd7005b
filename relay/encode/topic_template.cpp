#include "relay/encode/topic_template.hpp"

#include "relay/domain/topic_name.hpp"
#include "relay/encode/columns.hpp"

#include <stdexcept>
#include <utility>

namespace relay::encode {

namespace {

constexpr std::string_view option = "message.topic";

[[noreturn]] void malformed(std::string_view text, std::string_view what) {
  throw std::invalid_argument(std::string{option} + "=" + std::string{text} + ": " + std::string{what} +
                              "; write {column}, and {{ or }} for a brace");
}

std::string no_topic_name(std::string_view name) {
  return "\"" + std::string{name} + "\" is no topic name: " + std::string{topic_name_rule};
}

}  // namespace

std::vector<TopicPart> parse_topic_template(std::string_view text) {
  std::vector<TopicPart> parts;
  TopicPart part;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.starts_with("{{") || rest.starts_with("}}")) {
      part.text += rest.front();
      rest.remove_prefix(2);
    } else if (rest.front() == '}') {
      malformed(text, "a } without its {");
    } else if (rest.front() == '{') {
      const auto end = rest.find('}');
      if (end == std::string_view::npos) malformed(text, "a { without its }");
      if (end == 1) malformed(text, "{} names no column");
      part.column = rest.substr(1, end - 1);
      parts.push_back(std::exchange(part, {}));
      rest.remove_prefix(end + 1);
    } else {
      part.text += rest.front();
      rest.remove_prefix(1);
    }
  }
  if (!part.text.empty() || parts.empty()) parts.push_back(std::move(part));
  return parts;
}

TopicTemplate::TopicTemplate(std::string_view text, const ColumnRoles& roles, const Layout& layout,
                             std::optional<TopicPattern> pattern)
    : text_(text), pattern_(std::move(pattern)) {
  for (const Column& column : layout.columns()) column_names_.push_back(column.name);
  for (auto& [literal, name] : parse_topic_template(text)) {
    parts_.push_back({std::move(literal), name ? std::optional(need_column(option, *name, roles, layout)) : std::nullopt});
  }
  if (is_constant() && !pattern_ && !is_topic_name(parts_[0].text))
    throw std::invalid_argument(std::string{option} + ": " + no_topic_name(parts_[0].text));
}

std::variant<std::string_view, Fault> TopicTemplate::topic_of(const Row& row) {
  auto found = rendered(row);
  const auto* topic = std::get_if<std::string_view>(&found);
  if (topic == nullptr || (*topic == last_valid_ && !topic->empty())) return found;
  if (is_constant() && !pattern_) return found;
  if (!is_topic_name(*topic)) return Fault{Blame::row, no_topic_name(*topic) + " (made of " + text_ + ", message.topic)"};
  last_valid_ = *topic;
  return found;
}

std::variant<std::string_view, Fault> TopicTemplate::rendered(const Row& row) {
  std::string_view topic;
  if (is_constant() && !pattern_) return std::string_view{parts_[0].text};
  if (is_single_column()) {
    const std::size_t column = *parts_[0].column;
    if (row.cells[column].is_null()) return null_fault(column);
    topic = row.cells[column].bytes();
  } else {
    built_.clear();
    for (const Part& part : parts_) {
      built_ += part.text;
      if (!part.column) continue;
      if (row.cells[*part.column].is_null()) return null_fault(*part.column);
      built_ += row.cells[*part.column].bytes();
    }
    topic = built_;
  }
  if (pattern_) return matched(topic);
  return topic;
}

std::string_view TopicTemplate::routing_of(const Row& row) const noexcept {
  const auto& first = parts_.front();
  return first.column ? row.cells[*first.column].bytes() : std::string_view{first.text};
}

std::variant<std::string_view, Fault> TopicTemplate::matched(std::string_view value) {
  if (!last_matched_ || value != last_value_) {
    last_value_ = value;
    last_matched_ = pattern_->applied_to(value);
  }
  if (last_matched_) return std::string_view{*last_matched_};
  return Fault{Blame::row, "the value that makes the topic has " + std::to_string(value.size()) +
                               " bytes, more than message.topic-pattern is tried on (made of " + text_ + ", message.topic)"};
}

Fault TopicTemplate::null_fault(std::size_t column) const {
  return {Blame::row, "column \"" + column_names_[column] + "\" is NULL, so there is no topic (" + text_ + ", message.topic)"};
}

}  // namespace relay::encode
