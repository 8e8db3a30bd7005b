#include "relay/config/sources.hpp"

#include <cctype>
#include <string_view>
#include <unistd.h>

namespace relay::config {
namespace {

constexpr std::string_view prefix = "OUTBOX_RELAY_";
constexpr std::string_view kafka = "OUTBOX_RELAY_KAFKA_";

std::string dotted(std::string_view variable) {
  std::string name;
  for (const char c : variable) name += c == '_' ? '.' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string kafka_property(std::string_view variable) {
  auto name = "kafka." + dotted(variable.substr(kafka.size()));
  constexpr std::string_view file = ".file";
  // librdkafka itself has sasl.oauthbearer.assertion.*.file
  if (name.ends_with(file) && !name.starts_with("kafka.sasl.oauthbearer.assertion.")) name[name.size() - file.size()] = '-';
  return name;
}

std::string option_of(std::string_view variable) {
  for (const auto& option : options()) {
    if (environment_name(option.name) == variable) return std::string(option.name);
  }
  if (variable.size() > kafka.size() && variable.starts_with(kafka)) return kafka_property(variable);
  return dotted(variable.substr(prefix.size()));
}

/// What Kubernetes sets in every pod for a Service named outbox-relay or outbox-relay-orders: OUTBOX_RELAY_ORDERS_SERVICE_HOST,
/// ..._SERVICE_PORT, ..._SERVICE_PORT_METRICS, ..._PORT, ..._PORT_9464_TCP and so on.
bool is_of_kubernetes(std::string_view name, std::string_view value) {
  const auto port = name.find("PORT_");
  const auto after = port == std::string_view::npos ? std::string_view{} : name.substr(port + 5);
  const bool numbered = !after.empty() && std::isdigit(static_cast<unsigned char>(after.front())) != 0;
  return name.ends_with("SERVICE_HOST") || name.find("SERVICE_PORT") != std::string_view::npos || numbered ||
         (name.ends_with("PORT") && value.find("://") != std::string_view::npos);
}

/// Not meant for the relay.
bool is_foreign(std::string_view variable, std::string_view value) {
  const auto name = variable.substr(prefix.size());
  return name.starts_with("TEST_") || name == "CACHE" || is_of_kubernetes(name, value);
}

}  // namespace

Environment process_environment() {
  Environment variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::vector<Assignment> read_environment(const Environment& environment) {
  std::vector<Assignment> assignments;
  for (const auto& [variable, value] : environment) {
    if (!variable.starts_with(prefix) || is_foreign(variable, value)) continue;
    assignments.push_back({option_of(variable), {value, {Layer::environment, variable}}});
  }
  return assignments;
}

}  // namespace relay::config
