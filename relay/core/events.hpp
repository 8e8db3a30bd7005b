#pragma once

#include "relay/core/bad_rows.hpp"
#include "relay/core/claim.hpp"
#include "relay/core/connection.hpp"
#include "relay/core/mailbox.hpp"
#include "relay/domain/in_flight.hpp"
#include "relay/domain/lease_term.hpp"
#include "relay/domain/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace relay::core {

/// A settlement is over.
struct Settled {
  std::vector<Acknowledged> rows;    ///< deleted or marked, or they turned out to be gone
  std::vector<Acknowledged> locked;  ///< not: somebody else has locked at least one of them
};

/// How many unsent rows there are, as counted now and then.
struct Backlog {
  std::optional<std::uint64_t> pending;  ///< none: counting took longer than a statement may
  std::optional<Micros> oldest_created_at;
  DeadCounts dead_letters;  ///< empty: there is no such table
  std::chrono::milliseconds took{};
};

/// What was to be written among the dead letters is written.
struct DeadDone {
  std::vector<Parked> parked;
};

/// Something new may be in the table.
struct Notified {};

/// Who has the lease, as the database answered just now.
struct LeaseSeen {
  std::string holder;  ///< empty: nobody
  std::int64_t token = 0;
  std::chrono::milliseconds left{};  ///< until it expires, by the database's clock
  std::optional<LeaseTerm> term;     ///< it is this relay's, and how long
  bool drawn_ahead = false;          ///< remembered: ids are drawn ahead of their inserts
};

/// The lease was given back, or there was none to give.
struct LeaseReleased {};

/// A worker's connection came or went.
struct ClaimLink : LinkChange {};
struct SettleLink : LinkChange {};
struct LeaseLink : LinkChange {};

/// Everything that reaches the loop from its workers.
using Event = std::variant<Claim, Settled, Backlog, DeadDone, Notified, LeaseSeen, LeaseReleased, ClaimLink, SettleLink, LeaseLink>;
using Inbox = Mailbox<Event>;

}  // namespace relay::core
