#pragma once

#include "relay/kafka/token.hpp"

#include <string>

namespace relay::config {

/// Runs the command with `sh -c` whenever a token is wanted, ten seconds at most, and reads what it prints (kafka::parse_token).
/// @param command  empty: no token source at all
[[nodiscard]] kafka::TokenSource tokens_printed_by(std::string command);

}  // namespace relay::config
