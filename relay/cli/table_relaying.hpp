#pragma once

#include "relay/config/settings.hpp"
#include "relay/core/table_relay.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// The polled tables, as the configuration has them.
[[nodiscard]] std::vector<core::PolledSettings> polled_tables(const config::Settings& settings);

[[nodiscard]] core::TableRelaySettings table_relay_settings(const config::Settings& settings);

/// Where cursors are kept; null: in the database.
[[nodiscard]] std::shared_ptr<core::CursorPlace> cursor_place(const config::Settings& settings);

/// @throws config::ConfigError  source.mode is not table, and the command is about polled tables
void require_table(const config::Settings& settings, std::string_view command);

/// @throws config::ConfigError  source.mode is table, and the command is about outboxes
void require_outbox(const config::Settings& settings, std::string_view command);

}  // namespace relay::cli
