#pragma once

#include "relay/core/claim.hpp"
#include "relay/core/connection.hpp"
#include "relay/core/mailbox.hpp"
#include "relay/domain/in_flight.hpp"
#include "relay/domain/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace relay::core {

/// Rows that are deleted or marked, or that turned out to be gone.
struct Settled {
  std::vector<Acknowledged> rows;
};

/// How many unsent rows there are, as counted now and then.
struct Backlog {
  std::optional<std::uint64_t> pending;  ///< none: counting took longer than a statement may
  std::optional<Micros> oldest_created_at;
  std::chrono::milliseconds took{};
};

/// Something new may be in the table.
struct Notified {};

/// The claiming or the settling connection came or went.
struct ClaimLink : LinkChange {};
struct SettleLink : LinkChange {};

/// Everything that reaches the loop from its workers.
using Event = std::variant<Claim, Settled, Backlog, Notified, ClaimLink, SettleLink>;
using Inbox = Mailbox<Event>;

}  // namespace relay::core
