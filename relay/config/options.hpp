#pragma once

#include "relay/config/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace relay::config {

/// What an option is about; a command lists the groups that it heeds (relay/cli/command.cpp).
enum class Group : std::uint8_t {
  file,
  source,
  table,
  polling,
  columns,
  claim,
  bad_rows,
  wait,
  wake,
  lease,
  message,
  kafka,
  http,
  log,
  shutdown,
  drain,
  keep,
  ids,
  times,
  key,
  topic,
  dry_run,
  cursor,
  json,
  init,
  migrate
};

/// One line of the option table. From it are made the parsers, the environment names, help, print-config and redaction.
struct Option {
  std::string_view name;
  Type type = Text{};
  std::string_view fallback{};       ///< the value when nobody sets it
  std::string_view fallback_note{};  ///< in words, where the default depends on something else
  std::string_view meaning{};
  Group group = Group::file;
  bool required = false;  ///< by the commands that heed its group
  bool secret = false;    ///< never printed
};

/// The table, in the order in which help shows it. `kafka.*` stands for every librdkafka property.
[[nodiscard]] std::span<const Option> options();

/// The option that this name means; null for an unknown name. `kafka.linger.ms` finds `kafka.*`.
[[nodiscard]] const Option* find_option(std::string_view name);

/// An option without a dot belongs to its commands alone (`--max-rows`); the others are one set of settings for all commands.
[[nodiscard]] bool is_setting(const Option& option);

/// The known name that was probably meant; empty when none is near.
[[nodiscard]] std::string_view nearest_name(std::string_view name);

/// `source.url` -> `OUTBOX_RELAY_SOURCE_URL`; for `kafka.*` with its `*`.
[[nodiscard]] std::string environment_name(std::string_view name);

/// The value as it may be printed: `***` in place of secrets (also passwords inside URLs, and kafka.* properties that hold keys or
/// passwords).
[[nodiscard]] std::string shown(std::string_view name, std::string_view value);

/// Reads its value from a file: `kafka.sasl.password-file` gives `kafka.sasl.password`. Empty for any other name.
[[nodiscard]] std::string_view property_of_file(std::string_view name);

}  // namespace relay::config
