#pragma once

#include "relay/config/values.hpp"
#include "relay/domain/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace relay::config {

enum class SourceMode : std::uint8_t { outbox, table };
enum class StartFrom : std::uint8_t { earliest, latest, time };

/// Where the cursors are kept.
struct StatePlace {
  enum class Kind : std::uint8_t { table, file, topic } kind = Kind::table;
  std::string name{};  ///< the file's path, the topic

  [[nodiscard]] bool in_database() const noexcept { return kind == Kind::table; }
};

/// What the options of table.* say (source.mode = table).
struct Polling {
  SourceMode mode = SourceMode::outbox;
  std::vector<std::string> tables;
  std::string timestamp_column;
  std::string id_column;
  std::vector<std::string> key_columns;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  std::string where;
  std::string deleted_column;
  std::chrono::milliseconds look_back{};
  StartFrom start = StartFrom::earliest;
  Micros start_time = 0;
  StatePlace state;
};

/// source.mode = table: gives message.* the defaults of an ordinary table, where nobody set them.
void set_polling_defaults(Values& values);

/// @throws ConfigError  also for options that mean nothing for an ordinary table
[[nodiscard]] Polling polling(const Values& values);

/// @throws ConfigError  tables are to be polled, and none is named
void require_tables(const Values& values);

}  // namespace relay::config
