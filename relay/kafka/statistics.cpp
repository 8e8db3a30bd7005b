#include "relay/kafka/statistics.hpp"

#include <nlohmann/json.hpp>

namespace relay::kafka {

std::map<std::string, double> rtt_in(std::string_view json) noexcept {
  constexpr double microseconds = 1e-6;
  try {
    std::map<std::string, double> found;
    const auto statistics = nlohmann::json::parse(json);
    for (const auto& broker : statistics.at("brokers")) {
      const auto& rtt = broker.at("rtt");
      const bool known = broker.at("nodeid") >= 0;  // not yet: what stands in bootstrap.servers
      if (known && rtt.at("cnt") > 0) found[broker.at("nodename").get<std::string>()] = rtt.at("avg").get<double>() * microseconds;
    }
    return found;
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace relay::kafka
