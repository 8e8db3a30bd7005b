#pragma once

#include "relay/cli/findings.hpp"
#include "relay/config/settings.hpp"

#include <memory>

namespace relay::cli {

/// Connects as the relay does, and looks at the server and the connection.
/// @return null: there is no connection, which is said
[[nodiscard]] std::unique_ptr<db::Session> check_server(const config::Settings& settings, Findings& findings);

}  // namespace relay::cli
