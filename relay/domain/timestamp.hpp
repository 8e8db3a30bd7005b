#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay {

/// Microseconds since 1970-01-01 00:00:00 UTC.
using Micros = std::int64_t;

/// Reads what databases write: `2026-01-02 03:04:05[.678901][+00[:00]]`, `T` and `Z` allowed, up to 9 digits of fraction
/// (cut to microseconds). Without an offset the time is taken as UTC. Nothing for anything else (`infinity`, BC dates).
[[nodiscard]] std::optional<Micros> parse_timestamp(std::string_view text) noexcept;

/// `2026-01-02T03:04:05.678901Z`, always six digits of fraction.
[[nodiscard]] std::string iso_timestamp(Micros micros);

}  // namespace relay
