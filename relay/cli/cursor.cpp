#include "relay/cli/command.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/cli/saved_cursors.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/table_progress.hpp"

#include <functional>
#include <optional>
#include <ostream>

namespace relay::cli {
namespace {

/// Before the rows of that time, in whole seconds.
TableProgress progress_before(Micros time, const std::optional<core::TableEnd>& end) {
  TableProgress progress;
  progress.cursor = {TablePoint::Kind::time, time_text(time, end ? end->point.time : ""), {}};
  progress.low = time - time % 1'000'000;
  return progress;
}

/// The rows of the look-back come again: those that are open now lie among them, and which were sent nobody knows here.
TableProgress progress_at_end(SavedCursors& cursors, const core::PolledSettings& polled, const core::TableEnd& end) {
  if (end.time) return progress_before(cursors.final_before(polled, *end.time), end);
  TableProgress progress;
  progress.cursor = end.point;
  return progress;
}

TableProgress progress_to(const std::string& place, SavedCursors& cursors, const core::PolledSettings& polled) {
  const auto end = cursors.end_of(polled);
  if (place == "latest" && end) return progress_at_end(cursors, polled, *end);
  if (place == "latest" || place == "earliest") return {};
  const auto time = parse_timestamp(place);
  if (!time) {
    throw config::ConfigError(config::Layer::command_line,
                              "cursor set needs a place: a time (2026-01-02T03:04:05Z), earliest or latest");
  }
  if (polled.table.keys() == TableKeys::id) {
    throw config::ConfigError(config::Layer::command_line,
                              "cursor set: a time means nothing without table.timestamp-column; allowed are earliest and latest");
  }
  return progress_before(*time, end);
}

int change(const config::Settings& settings, std::ostream& out, std::string_view command,
           const std::function<std::optional<TableProgress>(SavedCursors&, const core::PolledSettings&)>& place_for) {
  require_table(settings, command);
  SavedCursors cursors(settings);
  const auto lease = cursors.lease();  // a relay that runs would soon write its own place over ours
  if (is_held(lease) && !settings.dry_run) {
    out << lease->holder << " relays now and would write its own place over another one: stop it first\n";
    return try_again;
  }
  for (const auto& polled : cursors.tables()) {
    const auto progress = place_for(cursors, polled);
    out << polled.table.table << ": " << described(cursors.load(polled)) << (settings.dry_run ? "; would be " : "; now ")
        << (progress ? described(progress->cursor) : "not saved") << '\n';
    if (settings.dry_run) continue;
    progress ? cursors.save(polled, core::to_text(*progress)) : cursors.remove(polled);
  }
  return ok;
}

}  // namespace

int cursor_show(const config::Settings& settings, std::ostream& out) {
  require_table(settings, "cursor show");
  SavedCursors cursors(settings);
  for (const auto& polled : cursors.tables()) {
    out << polled.table.table << ": " << described(cursors.load(polled)) << '\n';
  }
  return ok;
}

int cursor_set(const config::Settings& settings, std::ostream& out) {
  return change(settings, out, "cursor set", [&](SavedCursors& cursors, const core::PolledSettings& polled) {
    return std::optional(progress_to(settings.place, cursors, polled));
  });
}

int cursor_reset(const config::Settings& settings, std::ostream& out) {
  return change(settings, out, "cursor reset",
                [](SavedCursors& /*cursors*/, const core::PolledSettings& /*polled*/) { return std::optional<TableProgress>(); });
}

}  // namespace relay::cli
