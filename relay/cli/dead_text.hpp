#pragma once

#include "relay/core/dead_letters.hpp"

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace relay::cli {

/// `1 blocked, 0 parked, 2 skipped`
[[nodiscard]] std::string counts_text(const core::DeadCounts& counts);

/// An array of objects.
[[nodiscard]] nlohmann::ordered_json letters_json(std::span<const core::DeadLetter> letters);

/// As all commands print times; what is none stays as it is.
[[nodiscard]] std::string letter_time(const std::string& as_the_database_prints_it);

/// A topic, a key or a fault may hold anything, and must not break the line; `-`: there is none.
[[nodiscard]] std::string word_or_dash(const std::optional<std::string>& text);

}  // namespace relay::cli
