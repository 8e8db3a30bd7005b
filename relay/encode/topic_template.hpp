#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"
#include "relay/encode/topic_pattern.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relay::encode {

/// Text, then a column as the user names it; the last part may have no column.
struct TopicPart {
  std::string text;
  std::optional<std::string> column;
};

/// @throws std::invalid_argument  one line that names message.topic
[[nodiscard]] std::vector<TopicPart> parse_topic_template(std::string_view text);

/// Makes a row's topic: `orders`, `{aggregate_type}`, `events.{aggregate_type}.v1`; `{{` and `}}` are plain braces. What it gives
/// may go through a pattern.
class TopicTemplate {
 public:
  /// @throws std::invalid_argument  see make_encoder
  TopicTemplate(std::string_view text, const ColumnRoles& roles, const Layout& layout, std::optional<TopicPattern> pattern = {});

  /// The topic is valid until the next call or the end of the row's bytes. Fault: a NULL in the template, or no name that Kafka
  /// allows.
  [[nodiscard]] std::variant<std::string_view, Fault> topic_of(const Row& row);

  /// The same, whether Kafka allows that name or not. Fault: there is none at all.
  [[nodiscard]] std::variant<std::string_view, Fault> rendered(const Row& row);

  /// What the row is routed by: the value of the template's first column, or the constant.
  [[nodiscard]] std::string_view routing_of(const Row& row) const noexcept;

 private:
  /// Text, then a column's bytes; the last part may have no column.
  struct Part {
    std::string text;
    std::optional<std::size_t> column;
  };

  [[nodiscard]] bool is_single_column() const noexcept { return parts_.size() == 1 && parts_[0].text.empty(); }
  [[nodiscard]] bool is_constant() const noexcept { return parts_.size() == 1 && !parts_[0].column; }
  [[nodiscard]] std::variant<std::string_view, Fault> matched(std::string_view value);
  [[nodiscard]] Fault null_fault(std::size_t column) const;

  std::string text_;
  std::vector<std::string> column_names_;
  std::vector<Part> parts_;
  std::string built_;
  std::optional<TopicPattern> pattern_;
  std::string last_value_;  ///< what the pattern was last asked for, and what it gave
  std::optional<std::string> last_matched_;
  std::string last_valid_;  ///< rows of one topic often follow each other: its name is looked at once
};

}  // namespace relay::encode
