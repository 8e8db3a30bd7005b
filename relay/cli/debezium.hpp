#pragma once

#include "relay/config/settings.hpp"

#include <map>
#include <string>

namespace relay::cli {

/// A connector's properties: name and value.
using Properties = std::map<std::string, std::string>;

/// Reads a Java properties file: `name=value` lines, `#` comments; or the JSON that Kafka Connect's REST interface takes.
/// @throws config::ConfigError  it cannot be read
[[nodiscard]] Properties read_properties(const std::string& path, const config::Origin& named_by);

/// The relay's options that do what Debezium with EventRouter does, as a file for --config; what has no equivalent is a comment
/// that says why. Secrets are not taken over.
[[nodiscard]] std::string options_of_debezium(const Properties& properties);

/// The other way round: a connector's properties, with comments for what has no equivalent.
[[nodiscard]] std::string debezium_properties_of(const config::Settings& settings);

}  // namespace relay::cli
