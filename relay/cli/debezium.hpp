#pragma once

#include "relay/cli/java_properties.hpp"
#include "relay/config/settings.hpp"

#include <string>

namespace relay::cli {

/// Reads a Java properties file, or the JSON that Kafka Connect's REST interface takes.
/// @throws config::ConfigError  it cannot be read
[[nodiscard]] Properties read_properties(const std::string& path, const config::Origin& named_by);

/// The relay's options that do what Debezium with EventRouter does, as a file for --config that the relay accepts; what has no
/// equivalent is a comment that says why. Secrets are neither taken over nor shown.
[[nodiscard]] std::string options_of_debezium(const Properties& properties);

/// The other way round: a connector's properties, with comments for what has no equivalent.
/// @throws config::ConfigError  polled tables, of which Debezium knows nothing
[[nodiscard]] std::string debezium_properties_of(const config::Settings& settings);

}  // namespace relay::cli
