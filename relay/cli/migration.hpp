#pragma once

#include "relay/cli/java_properties.hpp"

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// A connector's properties on their way to the relay's options. What is taken is struck off; what is left has no equivalent.
class Migration {
 public:
  explicit Migration(Properties properties);

  /// The value without the blanks around it, as Connect trims nearly all.
  [[nodiscard]] std::optional<std::string> take(const std::string& name);
  /// Without taking it; empty where there is none.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] const Properties& left() const { return left_; }

  /// Writes the option, if the relay takes it beside those that are written already; else a comment that says why not, with the
  /// property that it came from.
  void put(std::string_view option, const std::string& value, std::string_view property, std::string_view property_value);
  void put(std::string_view option, const std::string& value) { put(option, value, option, value); }
  /// @param why  may be empty
  void none(std::string_view property, std::string_view value, std::string_view why);
  void say(std::string_view comment) { out_ << "# " << comment << '\n'; }

  [[nodiscard]] std::string options() const { return out_.str(); }

 private:
  Properties left_;
  std::vector<std::string> written_;  ///< as the words of a command line
  std::ostringstream out_;
};

/// `table.include.list` without the backslashes before its dots. Debezium takes it for regular expressions; a dot is mostly
/// written plainly there, but not always.
[[nodiscard]] std::string included_tables(const Migration& migration);
/// Names one thing, and is no pattern and no list.
[[nodiscard]] bool is_plain_name(std::string_view name);

/// source.*: where the connector's database is, and how it is spoken to.
void migrate_source(Migration& migration);

/// A property's value as it may be printed: `***` where the name or the value looks like a secret.
[[nodiscard]] std::string shown_property(std::string_view name, std::string_view value);

}  // namespace relay::cli
