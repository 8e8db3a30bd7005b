#pragma once

#include "relay/config/values.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace relay::config {

using Environment = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] Environment process_environment();

/// `--name=value`, `--name value`, `--flag`; the command's own name is already taken off.
/// @throws ConfigError  an unknown option, an option without its value, an argument that is no option
[[nodiscard]] std::vector<Assignment> read_command_line(std::span<const std::string> arguments);

/// Every OUTBOX_RELAY_*, but not what others set: OUTBOX_RELAY_TEST_* and _CACHE (the project's tests), and Kubernetes' variables
/// for Services whose names begin with outbox-relay.
/// In OUTBOX_RELAY_KAFKA_* a `_` stands for a dot, and a final `_FILE` for `-file`.
[[nodiscard]] std::vector<Assignment> read_environment(const Environment& environment);

/// INI: `[source]` then `url = ...`, or `source.url = ...`. A `#` begins a comment at the start of a line or after a blank.
/// @throws ConfigError  as above; a file that cannot be read counts as an error of `named_by`
[[nodiscard]] std::vector<Assignment> read_file(const std::string& path, const Origin& named_by);
[[nodiscard]] std::vector<Assignment> read_ini(std::istream& text, const Origin& origin);

}  // namespace relay::config
