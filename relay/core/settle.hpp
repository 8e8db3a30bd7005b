#pragma once

#include "relay/core/outbox_table.hpp"
#include "relay/domain/in_flight.hpp"

#include <span>
#include <vector>

namespace relay::core {

/// Deletes or marks rows that Kafka has. Each statement commits by itself; none waits longer for another transaction than the
/// session's lock time-out, and a range that would wait is settled by list instead (facts.md has the table of forms).
///
/// @param rows       ascending by position
/// @param first_try  nobody tried to settle these before: ranges may be used
/// @return those whose statement waited for somebody else's lock in vain: at least one of them is locked. They are all as they were
/// @throws db::DbError  some of the rows may be settled, one statement may be in doubt: go on with what is `still_there`
[[nodiscard]] std::vector<Acknowledged> settle(db::Session& session, const OutboxTable& table, std::span<const Acknowledged> rows,
                                               bool first_try);

/// Which of these are in the table, unsettled and still the rows that were read: an id that came back names another row.
[[nodiscard]] std::vector<Acknowledged> still_there(db::Session& session, const OutboxTable& table,
                                                    std::span<const Acknowledged> rows);

}  // namespace relay::core
