#include "relay/cli/command.hpp"
#include "relay/cli/outbox_session.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/sent_rows.hpp"
#include "relay/encode/columns.hpp"

#include <ostream>

namespace relay::cli {
namespace {

const std::string& column_of_times(const core::OutboxShape& shape) {
  if (!shape.columns.created_at.empty()) return shape.columns.created_at;
  throw config::ConfigError(config::Layer::command_line,
                            "--since and --until need a column with the rows' times: name it with outbox.columns.created-at, or "
                            "choose the rows with --ids or --key");
}

core::SentRows chosen(const config::Settings& settings, const core::OutboxTable& table) {
  const auto& selection = settings.selection;
  if (selection.ids) return *selection.ids;
  if (!selection.key) return core::TimeRange{column_of_times(table.shape), selection.since, selection.until};
  const auto column = encode::need_column("message.key", settings.message.key, table.shape.columns, table.layout);
  return core::OfKey{table.layout.columns()[column].name, *selection.key};
}

std::string left_out_text(const core::Replay& found) {
  if (found.left_out == 0) return "";
  return "; " + rows_text(found.left_out) + " left out: skipped or parked, and `outbox-relay dead retry` brings them back";
}

void require_one_choice(const config::Selection& selection) {
  const int given = (selection.ids ? 1 : 0) + (selection.since || selection.until ? 1 : 0) + (selection.key ? 1 : 0);
  if (given == 1) return;
  throw config::ConfigError(
      config::Layer::command_line,
      "replay needs to be told which rows: --ids=FIRST-LAST, --since and --until, or --key; one of the three");
}

}  // namespace

int replay(const config::Settings& settings, std::ostream& out) {
  require_outbox(settings, "replay");
  require_mark(settings, "replay");
  require_one_choice(settings.selection);
  auto [session, table] = open_outbox_session(settings);
  const auto which = chosen(settings, table);
  if (settings.dry_run) {
    const auto found = core::count_replay(*session, table, which);
    out << rows_text(found.rows) << " would be sent again" << left_out_text(found) << '\n';
    return ok;
  }
  const auto found = core::unmark_sent(*session, table, which);
  out << rows_text(found.rows)
      << " will be sent again: at the relay's next look from the head (sweep.interval), or at once after POST /poke or SIGUSR1"
      << left_out_text(found) << '\n';
  return ok;
}

}  // namespace relay::cli
