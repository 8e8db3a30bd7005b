#pragma once

#include "relay/config/settings.hpp"
#include "relay/core/dead_letters.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// What `dead list`, `show`, `retry` and `skip` have in common: the dead letters beside the outbox, and which of them are meant.
struct DeadSession {
  std::unique_ptr<db::Session> session;
  core::OutboxTable table;
  core::DeadLetters letters;

  [[nodiscard]] std::string dead_table() const { return core::DeadLetters::table_of(table.shape.table); }
};

/// @throws core::SchemaError  there is no dead-letter table   @throws db::DbError
[[nodiscard]] DeadSession open_dead_session(const config::Settings& settings);

/// By position; ids, key and topic all have to fit, where they are given.
[[nodiscard]] std::vector<core::DeadLetter> chosen_letters(const DeadSession& dead, const config::Selection& selection);

/// The same, and it must be said which, and there must be some.
/// @throws config::ConfigError  neither ids nor key nor topic are given   @throws std::runtime_error  nothing fits
[[nodiscard]] std::vector<core::DeadLetter> required_letters(const DeadSession& dead, const config::Selection& selection,
                                                             std::string_view command);

/// `row 17 (blocked)`
[[nodiscard]] std::string name_of(const core::DeadLetter& letter);

/// How a relay that runs gets to know what was done.
[[nodiscard]] std::string_view when_noticed();

}  // namespace relay::cli
