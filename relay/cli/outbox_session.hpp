#pragma once

#include "relay/config/settings.hpp"
#include "relay/core/outbox_table.hpp"

#include <memory>
#include <string_view>

namespace relay::cli {

/// A command's own connection to the outbox, with patience for statements that read the whole table.
struct OutboxSession {
  std::unique_ptr<db::Session> session;
  core::OutboxTable table;
};

/// @throws db::DbError, core::SchemaError
[[nodiscard]] OutboxSession open_outbox_session(const config::Settings& settings);

/// @throws config::ConfigError  outbox.dispose is not mark
void require_mark(const config::Settings& settings, std::string_view command);

/// `1 row`, `2 rows`
[[nodiscard]] std::string rows_text(std::uint64_t count);

}  // namespace relay::cli
