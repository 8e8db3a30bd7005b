#pragma once

#include "relay/config/settings.hpp"
#include "relay/core/table_relay.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// The polled tables, as the configuration has them.
[[nodiscard]] std::vector<core::PolledSettings> polled_tables(const config::Settings& settings);

[[nodiscard]] core::TableRelaySettings table_relay_settings(const config::Settings& settings);

/// @throws config::ConfigError  source.mode is table, and the command is about outboxes
void require_outbox(const config::Settings& settings, std::string_view command);

}  // namespace relay::cli
