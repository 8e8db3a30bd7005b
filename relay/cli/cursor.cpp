#include "relay/cli/command.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/cursor_table.hpp"
#include "relay/core/lease_table.hpp"
#include "relay/core/table_progress.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stdexcept>

namespace relay::cli {
namespace {

/// The saved cursors of the configuration's tables, wherever they are kept.
class Cursors {
 public:
  explicit Cursors(const config::Settings& settings) : place_(cursor_place(settings)), tables_(polled_tables(settings)) {
    const auto [driver, target] = database(settings);
    session_ = driver->connect(target());
    dialect_ = &driver->dialect(*session_);
    if (!place_) table_ = core::open_cursor_table(*session_, *dialect_, tables_.front().table.table);
  }

  [[nodiscard]] const std::vector<core::PolledSettings>& tables() const { return tables_; }
  [[nodiscard]] std::optional<std::string> load(const core::PolledSettings& polled) {
    return place_ ? place_->load(polled.cursor) : table_->load(*session_, polled.cursor);
  }
  void save(const core::PolledSettings& polled, const std::string& state) {
    place_ ? place_->save(polled.cursor, state) : table_->save(*session_, polled.cursor, state);
  }
  void remove(const core::PolledSettings& polled) {
    place_ ? place_->remove(polled.cursor) : table_->remove(*session_, polled.cursor);
  }
  [[nodiscard]] std::optional<core::TableEnd> end_of(const core::PolledSettings& polled) {
    return core::read_end(*session_, core::open_polled_table(*session_, *dialect_, polled.table));
  }
  /// A relay that runs would soon write its own place over ours. @return who it is; empty: nobody, or there is no lease
  [[nodiscard]] std::string holder(const config::Settings& settings) {
    if (!settings.lease.enabled) return {};
    const auto row = core::open_lease(*session_, *dialect_, tables_.front().table.table, settings.lease.name).read(*session_);
    return row && row->left.count() > 0 ? row->holder : "";
  }

 private:
  std::shared_ptr<core::CursorPlace> place_;
  std::vector<core::PolledSettings> tables_;
  std::unique_ptr<db::Session> session_;
  const db::Dialect* dialect_ = nullptr;
  std::optional<core::CursorTable> table_;
};

std::string described(const TablePoint& point) {
  switch (point.kind) {
    case TablePoint::Kind::beginning:
      return "at the beginning";
    case TablePoint::Kind::time:
      return "before the rows of " + point.time;
    case TablePoint::Kind::row:
      break;
  }
  return "behind the row " + point.id + (point.time.empty() ? "" : " of " + point.time);
}

std::string described(const std::optional<std::string>& state) {
  if (!state) return "not saved";
  const auto progress = core::progress_from(*state);
  return described(progress.cursor) +
         (progress.sent_since.empty() ? "" : ", " + std::to_string(progress.sent_since.size()) + " rows behind it are sent");
}

TableProgress progress_to(const std::string& place, const std::optional<core::TableEnd>& end) {
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
  progress.cursor = {TablePoint::Kind::time, time_text(*time, end ? end->point.time : ""), {}};
  progress.low = *time - *time % 1'000'000;
  return progress;
}

int change(const config::Settings& settings, std::ostream& out, std::string_view command,
           const std::function<std::optional<TableProgress>(Cursors&, const core::PolledSettings&)>& place_for) {
  require_table(settings, command);
  Cursors cursors(settings);
  if (const auto holder = cursors.holder(settings); !holder.empty() && !settings.dry_run) {
    out << holder << " relays now and would write its own place over another one: stop it first\n";
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
  Cursors cursors(settings);
  for (const auto& polled : cursors.tables()) {
    out << polled.table.table << ": " << described(cursors.load(polled)) << '\n';
  }
  return ok;
}

int cursor_set(const config::Settings& settings, std::ostream& out) {
  return change(settings, out, "cursor set", [&](Cursors& cursors, const core::PolledSettings& polled) {
    return std::optional(progress_to(settings.place, cursors.end_of(polled)));
  });
}

int cursor_reset(const config::Settings& settings, std::ostream& out) {
  return change(settings, out, "cursor reset",
                [](Cursors& /*cursors*/, const core::PolledSettings& /*polled*/) { return std::optional<TableProgress>(); });
}

}  // namespace relay::cli
