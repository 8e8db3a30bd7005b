#pragma once

#include <map>
#include <string>
#include <string_view>

namespace relay::kafka {

/// From what librdkafka tells of itself (its STATISTICS.md): the mean round trip to each broker since it last did, in seconds.
/// Brokers that were not spoken to are left out; what cannot be read is as if nothing had been told.
[[nodiscard]] std::map<std::string, double> rtt_in(std::string_view json) noexcept;

}  // namespace relay::kafka
