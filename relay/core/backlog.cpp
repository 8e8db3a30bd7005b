#include "relay/core/backlog.hpp"

#include <charconv>

namespace relay::core {

Backlog read_backlog(db::Session& session, const OutboxTable& table) {
  const auto rows = session.run(table.backlog, {});
  Backlog backlog;
  const auto count = rows[0][0].bytes();
  std::from_chars(count.data(), count.data() + count.size(), backlog.pending.emplace());
  if (!rows[0][1].is_null()) backlog.oldest_created_at = parse_timestamp(rows[0][1].bytes());
  return backlog;
}

}  // namespace relay::core
