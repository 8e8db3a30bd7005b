#include "db_adapters/port/url.hpp"
#include "relay/config/options.hpp"
#include "relay/kafka/settings.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>
#include <vector>

namespace relay::config {
namespace {

constexpr std::string_view kafka_prefix = "kafka.";

/// How many letters have to be changed, added or left out to come from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// A property that librdkafka does not have may be a secret whose name is misspelt.
bool may_be_secret_of_kafka(std::string_view name) {
  if (!name.starts_with(kafka_prefix) || !property_of_file(name).empty()) return false;
  const std::string property(name.substr(kafka_prefix.size()));
  return kafka::is_secret(property) || !kafka::is_known(property);
}

}  // namespace

const Option* find_option(std::string_view name) {
  const auto all = options();
  auto found = std::find_if(all.begin(), all.end(), [&](const Option& option) { return option.name == name; });
  if (found == all.end() && name.starts_with(kafka_prefix) && name.size() > kafka_prefix.size()) {
    found = std::find_if(all.begin(), all.end(), [](const Option& option) { return option.name == "kafka.*"; });
  }
  return found == all.end() ? nullptr : &*found;
}

bool is_setting(const Option& option) {
  return option.name == "config" || option.name.find('.') != std::string_view::npos;
}

std::string_view nearest_name(std::string_view name) {
  if (name.empty()) return {};
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
  for (const auto& option : options()) {
    const bool is_its_end =
        option.name.size() > name.size() && option.name.ends_with(name) && option.name[option.name.size() - name.size() - 1] == '.';
    const auto far = is_its_end ? 0 : distance(name, option.name);
    const bool is_alike = 2 * far < std::min(name.size(), option.name.size());  // else short words look like any other
    if (is_alike && far < best_distance) {
      best = option.name;
      best_distance = far;
    }
  }
  return best;
}

std::string environment_name(std::string_view name) {
  std::string text = "OUTBOX_RELAY_";
  for (const char c : name) {
    text += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string shown(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  const auto* option = find_option(name);
  if (option != nullptr && std::holds_alternative<DatabaseUrl>(option->type)) return db::redact_url(value);
  const bool secret = option == nullptr || option->secret || may_be_secret_of_kafka(name);
  return std::string(secret ? "***" : value);
}

std::string_view property_of_file(std::string_view name) {
  constexpr std::string_view suffix = "-file";
  if (!name.starts_with(kafka_prefix) || !name.ends_with(suffix)) return {};
  return name.substr(0, name.size() - suffix.size());
}

}  // namespace relay::config
