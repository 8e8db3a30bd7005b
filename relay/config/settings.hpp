#pragma once

#include "db_adapters/port/session.hpp"
#include "relay/config/credentials.hpp"
#include "relay/config/polling.hpp"
#include "relay/config/sources.hpp"
#include "relay/config/value.hpp"
#include "relay/config/values.hpp"
#include "relay/domain/timestamp.hpp"
#include "relay/encode/encoder.hpp"
#include "relay/kafka/settings.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace relay::config {

enum class Dispose : std::uint8_t { delete_row, mark };
enum class ScanChoice : std::uint8_t { automatic, gaps, head };
enum class OnBadRow : std::uint8_t { block, park, topic };
enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { debug, info, warning, error };

struct Source {
  std::string scheme;     ///< postgresql, mysql, sqlite, soci; empty: source.url is not set
  std::string shown_url;  ///< without its password
  db::Target target;      ///< without its password: see `credentials`
  Credentials credentials;

  /// The target with the password as it is now. From any thread; reads a file or runs a command.
  /// @throws db::DbError  see Credentials::password
  [[nodiscard]] db::Target target_now() const;
};

struct Outbox {
  std::string table;
  Dispose dispose = Dispose::delete_row;
  ScanChoice scan = ScanChoice::automatic;
  bool strict_order = false;
  std::string position;  ///< the column that orders the rows
  std::string sent_at;
  OnBadRow on_bad_row = OnBadRow::block;
  std::string dead_topic;
  encode::ColumnRoles columns;
};

struct Poll {
  std::chrono::milliseconds interval{};
  std::chrono::milliseconds min_interval{};
  std::size_t batch_rows = 0;
  std::size_t batch_bytes = 0;
  std::string wake_channel;  ///< empty: off
};

/// Rows that a command was given: what is not given does not matter.
struct Selection {
  std::optional<Interval> ids;
  std::optional<Micros> since;
  std::optional<Micros> until;
  std::optional<std::string> key;
  std::optional<std::string> topic;
};

struct Lease {
  bool enabled = true;
  std::string name;
  std::chrono::milliseconds ttl{};
};

/// The typed configuration that the rest of the program uses. A value.
struct Settings {
  Source source;
  Outbox outbox;
  Polling polling;
  encode::MessageShape message;
  Poll poll;
  std::chrono::milliseconds sweep_interval{};
  std::optional<std::uint64_t> max_rate;  ///< rows per second
  Lease lease;
  kafka::Settings kafka;               ///< as the user set them
  std::string oauth_command;           ///< empty: none
  std::optional<Address> http_listen;  ///< none: off
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::info;
  std::chrono::milliseconds shutdown_flush{};
  std::optional<std::chrono::seconds> max_seconds;
  std::optional<std::uint64_t> max_rows;
  std::chrono::milliseconds keep{};
  Selection selection;
  std::string place;  ///< for a cursor
  bool dry_run = false;
  bool json = false;
  bool print = false;

  Values values;  ///< every option as text, and where it came from: for print-config and for errors
};

/// What the command cannot do without.
enum class Need : std::uint8_t { required_options, nothing };

/// Reads file, environment and command line (the later wins) for a command that heeds these groups.
/// @throws ConfigError  also for options that contradict each other, a required option that nobody set, a property that librdkafka
///                      or a promise refuses, and an option on the command line that belongs to other commands alone
[[nodiscard]] Settings load(std::span<const std::string> arguments, const Environment& environment, std::span<const Group> heeded,
                            Need need = Need::required_options);

}  // namespace relay::config
