#include "relay/cli/command.hpp"
#include "relay/cli/outbox_session.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/sent_rows.hpp"

#include <chrono>
#include <ostream>

namespace relay::cli {

int prune(const config::Settings& settings, std::ostream& out) {
  require_outbox(settings, "prune");
  require_mark(settings, "prune");
  auto [session, table] = open_outbox_session(settings);
  const auto before = std::chrono::system_clock::now() - settings.keep;
  const auto cut = std::chrono::duration_cast<std::chrono::microseconds>(before.time_since_epoch()).count();
  const core::TimeRange old{.column = table.shape.sent_at, .since = std::nullopt, .until = cut};
  const auto rows = settings.dry_run ? core::count_sent(*session, table, old) : core::delete_sent(*session, table, old);
  out << rows_text(rows) << (settings.dry_run ? " would be deleted" : " deleted") << ": sent before " << iso_timestamp(cut) << '\n';
  return ok;
}

}  // namespace relay::cli
