#include "relay/cli/migration.hpp"

#include "db_adapters/port/url.hpp"
#include "relay/cli/command.hpp"
#include "relay/kafka/settings.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace relay::cli {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const char c : text) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string trimmed(const std::string& text) {
  constexpr std::string_view blanks = " \t\f\r\n";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

template <std::size_t n>
bool has_one_of(const std::string& text, const std::array<std::string_view, n>& marks) {
  return std::ranges::any_of(marks, [&](auto mark) { return text.find(mark) != std::string::npos; });
}

/// Whether the line gives this value again when it is read from a file: a `#`, a line's end or a blank at the end may not.
bool survives_a_file(const std::string& option, const std::string& value) {
  std::istringstream line(option + " = " + value + "\n");
  try {
    const auto read = config::read_ini(line, {});
    return read.size() == 1 && read.front().name == option && read.front().value.text == value;
  } catch (const config::ConfigError&) {
    return false;
  }
}

/// Why the relay does not take these options; nothing where it does.
std::string refusal(const std::vector<std::string>& words) {
  try {
    static_cast<void>(config::load(words, {}, find_command("print-config")->heeded, config::Need::nothing));
    return {};
  } catch (const config::ConfigError& error) {
    constexpr std::string_view origin = " (command line)";
    std::string why = error.what();
    for (auto at = why.find(origin); at != std::string::npos; at = why.find(origin)) why.erase(at, origin.size());
    return why;
  }
}

}  // namespace

Migration::Migration(Properties properties) : left_(std::move(properties)) {
  for (auto& [name, value] : left_) value = trimmed(value);
}

std::optional<std::string> Migration::take(const std::string& name) {
  auto found = left_.extract(name);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

std::string Migration::text(const std::string& name) const {
  const auto found = left_.find(name);
  return found == left_.end() ? "" : found->second;
}

void Migration::put(std::string_view option, const std::string& value, std::string_view property, std::string_view property_value) {
  const std::string name(option);
  if (!survives_a_file(name, value)) {
    return none(property, property_value, "in a file for --config it would be read as something else; set " + name + " elsewhere");
  }
  written_.push_back("--" + name + "=" + value);
  if (const auto why = refusal(written_); !why.empty()) {
    written_.pop_back();
    return none(property, property_value, shown_property(property, property_value) == property_value ? why : "");
  }
  out_ << option << " = " << value << '\n';
}

void Migration::none(std::string_view property, std::string_view value, std::string_view why) {
  out_ << "# no equivalent: " << java_property(property, shown_property(property, value)) << (why.empty() ? "" : ": ") << why
       << '\n';
}

std::string shown_property(std::string_view name, std::string_view value) {
  constexpr std::array<std::string_view, 14> secret_names{"password", "passwd",     "passphrase", "secret",   "token",
                                                          "jaas",     "credential", ".pem",       "ssl.key",  "sslkey",
                                                          "apikey",   "api.key",    "access.key", "user.info"};
  constexpr std::array<std::string_view, 8> secret_values{"password", "passwd", "passphrase", "secret",
                                                          "pwd=",     "pass=",  "token=",     "-----begin"};
  if (value.empty()) return {};
  const auto lower = lower_case(name);
  if (kafka::is_secret(lower) || has_one_of(lower, secret_names) || has_one_of(lower_case(value), secret_values)) return "***";
  return db::redact_url(value);
}

}  // namespace relay::cli
