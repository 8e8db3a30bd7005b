#pragma once

#include "relay/core/outbox_table.hpp"
#include "relay/domain/interval.hpp"
#include "relay/domain/timestamp.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace relay::core {

/// Rows whose `column` holds a time that is `since` or later and before `until`.
struct TimeRange {
  std::string column;
  std::optional<Micros> since;
  std::optional<Micros> until;
};

/// Rows whose `column` holds this key.
struct OfKey {
  std::string column;
  std::string key;
};

/// Which rows of an outbox in mark mode; only those count that were sent.
using SentRows = std::variant<Interval, TimeRange, OfKey>;

// All of them work in pages that commit by themselves: nothing is locked for long, and a second run goes on where one broke off.
// @throws db::DbError

[[nodiscard]] std::uint64_t count_sent(db::Session& session, const OutboxTable& table, const SentRows& which);

/// Deletes them; a row that is unsent, or becomes it meanwhile, stays. @return how many
std::uint64_t delete_sent(db::Session& session, const OutboxTable& table, const SentRows& which);

/// Rows that are to be sent again, and those of the same choice that are not: they were skipped or parked, never sent, and
/// `dead retry` is their way back.
struct Replay {
  std::uint64_t rows = 0;
  std::uint64_t left_out = 0;
};

/// @throws SchemaError  the dead-letter table does not fit the outbox
[[nodiscard]] Replay count_replay(db::Session& session, const OutboxTable& table, const SentRows& which);

/// Makes them unsent again: a relay's next look from the head finds them.
/// @throws SchemaError  as above
Replay unmark_sent(db::Session& session, const OutboxTable& table, const SentRows& which);

}  // namespace relay::core
