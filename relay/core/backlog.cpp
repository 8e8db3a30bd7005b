#include "relay/core/backlog.hpp"

#include "relay/domain/whole_number.hpp"

namespace relay::core {

Backlog read_backlog(db::Session& session, const OutboxTable& table) {
  const auto rows = session.run(table.backlog, {});
  Backlog backlog;
  backlog.pending = whole_number<std::uint64_t>(rows[0][0]);
  if (!rows[0][1].is_null()) backlog.oldest_created_at = parse_timestamp(rows[0][1].bytes());
  return backlog;
}

}  // namespace relay::core
