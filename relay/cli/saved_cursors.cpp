#include "relay/cli/saved_cursors.hpp"

#include "relay/cli/relaying.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/table_progress.hpp"

namespace relay::cli {

SavedCursors::SavedCursors(const config::Settings& settings)
    : place_(cursor_place(settings)), tables_(polled_tables(settings)), lease_(table_relay_settings(settings).lease) {
  const auto [driver, target] = database(settings);
  session_ = driver->connect(target());
  dialect_ = &driver->dialect(*session_);
  if (!place_) table_ = core::open_cursor_table(*session_, *dialect_, tables_.front().table.table);
}

std::optional<std::string> SavedCursors::load(const core::PolledSettings& polled) {
  return place_ ? place_->load(polled.cursor) : table_->load(*session_, polled.cursor);
}

void SavedCursors::save(const core::PolledSettings& polled, const std::string& state) {
  place_ ? place_->save(polled.cursor, state) : table_->save(*session_, polled.cursor, state);
}

void SavedCursors::remove(const core::PolledSettings& polled) {
  place_ ? place_->remove(polled.cursor) : table_->remove(*session_, polled.cursor);
}

std::optional<core::TableEnd> SavedCursors::end_of(const core::PolledSettings& polled) {
  return core::read_end(*session_, core::open_polled_table(*session_, *dialect_, polled.table));
}

Micros SavedCursors::final_before(const core::PolledSettings& polled, Micros newest) {
  LookBack look_back(polled.table.look_back);
  look_back.saw(newest);
  return look_back.take_at_end(core::read_horizon(*session_, core::open_polled_table(*session_, *dialect_, polled.table)));
}

std::optional<core::LeaseRow> SavedCursors::lease() {
  if (!lease_.enabled) return std::nullopt;
  return core::open_lease(*session_, *dialect_, tables_.front().table.table, lease_.name).read(*session_);
}

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

}  // namespace relay::cli
