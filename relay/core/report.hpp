#pragma once

#include "relay/core/publisher.hpp"
#include "relay/core/status.hpp"
#include "relay/domain/claim_window.hpp"

namespace relay::core {

/// By the wall's clock.
[[nodiscard]] Micros wall_clock();

/// Writes down what the window and the publisher know now.
void report_window(Status& status, const ClaimWindow& window, Instant now);
void report_publisher(Status& status, const Publisher& publisher);

}  // namespace relay::core
