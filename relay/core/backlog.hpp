#pragma once

#include "relay/core/events.hpp"

namespace relay::core {

/// Counts the unsent rows: a scan of the table or its unsent index, so now and then only.
[[nodiscard]] Backlog read_backlog(db::Session& session, const OutboxTable& table);

}  // namespace relay::core
