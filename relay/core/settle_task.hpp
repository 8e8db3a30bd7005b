#pragma once

#include "relay/core/bad_rows.hpp"
#include "relay/domain/in_flight.hpp"

#include <variant>
#include <vector>

namespace relay::core {

/// The unsent rows are to be counted.
struct CountBacklog {};

/// What the settle worker is asked for: rows to settle, what to write among the dead letters, or the count.
using SettleTask = std::variant<std::vector<Acknowledged>, DeadWork, CountBacklog>;

}  // namespace relay::core
