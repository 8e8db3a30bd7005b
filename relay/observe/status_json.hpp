#pragma once

#include "relay/core/status.hpp"
#include "relay/domain/timestamp.hpp"

#include <string>

namespace relay::observe {

/// A status as JSON: one member per field, in snake_case; instants as ISO 8601 in UTC, ages in seconds; what is not known is null.
/// Bytes that are not UTF-8 (a key may hold any) are shown as U+FFFD.
[[nodiscard]] std::string status_json(const core::Status& status, Micros now);

}  // namespace relay::observe
