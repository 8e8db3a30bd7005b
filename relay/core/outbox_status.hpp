#pragma once

#include "relay/core/publisher.hpp"
#include "relay/core/status.hpp"
#include "relay/domain/claim_window.hpp"

namespace relay::core {

/// Writes down what the window and the publisher know now.
void note(Status& status, const ClaimWindow& window, Instant now);
void note(Status& status, const Publisher& publisher);

}  // namespace relay::core
