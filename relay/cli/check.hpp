#pragma once

#include "relay/cli/findings.hpp"
#include "relay/config/settings.hpp"

#include <cstddef>
#include <set>
#include <string>

namespace relay::cli {

/// The doctor looks at so many of the rows that come next.
constexpr std::size_t sample_rows = 100;

/// Looks at the database and the outbox as the relay would use them, and changes nothing.
/// @return the topics of the first unsent rows; the constant topic, where message.topic is one
[[nodiscard]] std::set<std::string> check_database(const config::Settings& settings, Findings& findings);

/// The same of the tables that are polled (source.mode = table).
[[nodiscard]] std::set<std::string> check_tables(const config::Settings& settings, Findings& findings);

/// Looks at the cluster and at these topics.
void check_kafka(const config::Settings& settings, const std::set<std::string>& topics, Findings& findings);

}  // namespace relay::cli
