#pragma once

#include "relay/kafka/consumer.hpp"

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace goldens {

/// One statement of a capture: an INSERT, or in those of the JDBC connector an UPDATE or DELETE.
struct Insert {
  std::string label;
  std::string sql;
  bool refused = false;  ///< by the database
};

/// One record that the real program sent, and the row that it came from.
struct Record {
  std::string label;
  relay::kafka::ConsumedMessage message;
};

/// What one run of the real connector gave: of Debezium with EventRouter (tests/goldens/debezium), or of the JDBC source connector
/// (tests/goldens/jdbc), whose records have no labels.
struct Golden {
  std::string name;
  std::string properties;  ///< of the connector, as JSON
  std::string placements;  ///< transforms.outbox.table.fields.additional.placement
  std::vector<std::string> ddl;
  std::vector<Insert> inserts;
  std::vector<Record> records;
  std::set<std::string> rows_without_record;

  void take(Record record);
  [[nodiscard]] bool is_mysql() const { return name.starts_with("my-"); }
  [[nodiscard]] std::string table() const;
  [[nodiscard]] std::set<std::string> topics() const;
};

/// @param connector  the folder: debezium or jdbc
[[nodiscard]] std::vector<std::filesystem::path> golden_files(const std::string& connector = "debezium");
[[nodiscard]] Golden read_golden(const std::filesystem::path& file);

/// The URL of its database. Empty: this server is not there. @throws std::runtime_error  and CI must not do without
[[nodiscard]] std::string server_of(const Golden& golden);

/// A message as one line: what has to be equal byte for byte, and for a person to compare.
/// @param with_partition  where it does not depend on the producer's mood
[[nodiscard]] std::string line_of(const relay::kafka::ConsumedMessage& message, bool with_partition);

/// `golden label` lines: the differences that are left; their reasons are in relay/encode/README.md.
[[nodiscard]] std::set<std::string> known_differences();

}  // namespace goldens
