#pragma once

#include "relay/cli/lease_seen.hpp"
#include "relay/config/settings.hpp"
#include "relay/core/cursor_place.hpp"
#include "relay/core/cursor_table.hpp"
#include "relay/core/table_stream.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace relay::cli {

/// The saved cursors of the configuration's tables, wherever they are kept, over a connection of their own.
class SavedCursors {
 public:
  /// @throws db::DbError
  /// @throws core::SchemaError  there is no table for them
  explicit SavedCursors(const config::Settings& settings);

  [[nodiscard]] const std::vector<core::PolledSettings>& tables() const { return tables_; }
  /// @return as text; none: not saved
  [[nodiscard]] std::optional<std::string> load(const core::PolledSettings& polled);
  void save(const core::PolledSettings& polled, const std::string& state);
  void remove(const core::PolledSettings& polled);

  /// The table's newest row. @return none: it is empty
  [[nodiscard]] std::optional<core::TableEnd> end_of(const core::PolledSettings& polled);
  /// Below which time no row can appear any more, as far as can be seen.
  [[nodiscard]] Micros final_before(const core::PolledSettings& polled, Micros newest);
  /// @return none: it is off, or nobody ever asked for it
  [[nodiscard]] std::optional<core::LeaseRow> lease();
  [[nodiscard]] const std::string& product() const { return session_->facts().product; }

 private:
  std::shared_ptr<core::CursorPlace> place_;
  std::vector<core::PolledSettings> tables_;
  core::LeaseShape lease_;
  std::unique_ptr<db::Session> session_;
  const db::Dialect* dialect_ = nullptr;
  std::optional<core::CursorTable> table_;
};

/// For people: `behind the row 7 of 2026-01-02 03:04:05`.
[[nodiscard]] std::string described(const TablePoint& point);
[[nodiscard]] std::string described(const std::optional<std::string>& state);

}  // namespace relay::cli
