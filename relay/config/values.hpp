#pragma once

#include "relay/config/options.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace relay::config {

/// Where a value was set; the later wins.
enum class Layer : std::uint8_t { fallback, file, environment, command_line };

struct Origin {
  Layer layer = Layer::fallback;
  std::string where{};  ///< the file's path, the variable's name

  /// `default`, `file /etc/relay.ini`, `environment OUTBOX_RELAY_SOURCE_URL`, `command line`
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// The configuration is wrong. `what()` is one line that names the option, where it was set and what is allowed; no secret is in
/// it.
class ConfigError : public std::runtime_error {
 public:
  ConfigError(Layer layer, const std::string& what) : std::runtime_error(what), layer_(layer) {}

  /// 64: the command line has to change; 78: the file or the environment.
  [[nodiscard]] int exit_code() const noexcept { return layer_ == Layer::command_line ? 64 : 78; }

 private:
  Layer layer_;
};

struct Value {
  std::string text;
  Origin origin;
  friend bool operator==(const Value&, const Value&) = default;
};

/// One `name = value` as it was found.
struct Assignment {
  std::string name;
  Value value;
};

/// Every option's value in force and where it came from.
class Values {
 public:
  /// Every option at its default; options without one are absent.
  Values();

  /// Takes one layer; it wins over what is there.
  /// @throws ConfigError  an unknown option, a value that is not allowed, an option that the layer sets twice
  void take(const std::vector<Assignment>& layer);

  /// Gives an option a default that depends on others, unless somebody has set it.
  void set_default(std::string_view name, std::string text, const Origin& origin = {});

  [[nodiscard]] const Value* find(std::string_view name) const;
  /// Set by anybody but the table's default.
  [[nodiscard]] bool is_set(std::string_view name) const;
  /// Empty when absent.
  [[nodiscard]] const std::string& text(std::string_view name) const;

  /// `kafka.bootstrap.servers` and whatever else begins with `kafka.`, sorted.
  [[nodiscard]] std::vector<std::pair<std::string_view, const Value*>> with_prefix(std::string_view prefix) const;

  friend bool operator==(const Values&, const Values&) = default;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

/// An enumeration whose members stand in the order of the option's words.
template <typename Enumeration>
[[nodiscard]] Enumeration choice(const Values& values, std::string_view name) {
  const auto& words = std::get<Choice>(find_option(name)->type).words;
  return static_cast<Enumeration>(std::find(words.begin(), words.end(), values.text(name)) - words.begin());
}

/// `source.url (environment OUTBOX_RELAY_SOURCE_URL)`: how errors name a value.
[[nodiscard]] std::string name_and_origin(std::string_view name, const Origin& origin);

}  // namespace relay::config
