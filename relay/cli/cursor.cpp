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

TableProgress progress_to(const std::string& place, TableKeys keys, const std::optional<core::TableEnd>& end) {
  TableProgress progress;
  if (place == "latest" && end) {
    progress.cursor = end->point;
    progress.low = end->time.value_or(earliest_time);
  }
  if (place == "latest" || place == "earliest") return progress;
  const auto time = parse_timestamp(place);
  if (!time) {
    throw config::ConfigError(config::Layer::command_line,
                              "cursor set needs a place: a time (2026-01-02T03:04:05Z), earliest or latest");
  }
  if (keys == TableKeys::id) {
    throw config::ConfigError(config::Layer::command_line,
                              "cursor set: a time means nothing without table.timestamp-column; allowed are earliest and latest");
  }
  progress.cursor = {TablePoint::Kind::time, time_text(*time, end ? end->point.time : ""), {}};
  progress.low = *time - *time % 1'000'000;
  return progress;
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
    return std::optional(progress_to(settings.place, polled.table.keys(), cursors.end_of(polled)));
  });
}

int cursor_reset(const config::Settings& settings, std::ostream& out) {
  return change(settings, out, "cursor reset",
                [](SavedCursors& /*cursors*/, const core::PolledSettings& /*polled*/) { return std::optional<TableProgress>(); });
}

}  // namespace relay::cli
