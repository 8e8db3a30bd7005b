#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace relay::encode {

/// Which bytes become a message's value (interface.md, message.format).
enum class Format : std::uint8_t { payload, row, connect, cloudevents, cloudevents_json, debezium };

/// How Kafka Connect would write a key, a value or a header (format debezium; keys also of format connect).
enum class Converter : std::uint8_t {
  string,       ///< the text, or a binary column's octets: StringConverter, ByteArrayConverter, SimpleHeaderConverter
  json,         ///< JsonConverter, schemas.enable=false
  json_schema,  ///< JsonConverter, schemas.enable=true: `{"schema":...,"payload":...}`
};

/// How numbers with a scale travel in format connect (numeric.mapping of the JDBC source connector).
enum class NumericMapping : std::uint8_t { none, best_fit };

/// Which types times have in format connect.
enum class TimeTypes : std::uint8_t {
  connect,   ///< Connect's own Date, Time, Timestamp: milliseconds, as the JDBC source connector
  debezium,  ///< io.debezium.time.*: microseconds, and decimals with their precision, for Debezium's JDBC sink
};

enum class Placement : std::uint8_t { header, envelope, partition };

/// One more column that a message carries (outbox.extra-columns).
struct ExtraColumn {
  std::string column;
  Placement placement = Placement::header;
  std::string name;  ///< of the header or member

  friend bool operator==(const ExtraColumn&, const ExtraColumn&) = default;
};

/// What a message is made of, by column name as it stands in the layout.
struct MessageShape {
  std::string topic = "{aggregate_type}";  ///< a constant, or a template over columns
  std::string topic_pattern{};             ///< a regular expression over what `topic` gives; empty: none
  std::string topic_replacement{};         ///< the topic where it matches the whole: `$1`, `${name}`
  std::string key = "aggregate_id";        ///< a column
  Format format = Format::payload;
  bool timestamp_from_created_at = true;                    ///< else the time of sending
  std::vector<std::string> headers = {"id", "event_type"};  ///< columns; each header has its column's role as name
  std::vector<ExtraColumn> extra_columns{};
  bool ignore_missing = false;      ///< an extra column that is not there is left out, not an error
  bool tombstone_on_empty = false;  ///< an empty or blank payload is a tombstone too
  std::string trace_column{};       ///< Java properties, `traceparent=...`, which become headers; empty: none

  std::string source{};       ///< CloudEvents: the producer's URI reference
  std::string schema_name{};  ///< of the value's struct; format debezium adds `.{routing value}.Value`
  Converter key_converter = Converter::string;
  Converter value_converter = Converter::string;
  Converter header_converter = Converter::string;
  std::string schema_version{};  ///< format debezium: the column with the envelope's version; empty: none
  bool expand_json = false;
  bool keep_json_nulls = false;
  bool keep_empty_arrays = false;
  NumericMapping numeric_mapping = NumericMapping::none;
  TimeTypes time_types = TimeTypes::connect;

  std::vector<std::string> key_columns{};  ///< instead of `key`; more than one: a JSON object of them
  std::vector<std::string> members{};      ///< formats row and connect: exactly these columns; empty: all, as an outbox has them
  std::string timestamp_column{};          ///< in place of created_at's role; empty: that one
  std::string deleted_column{};            ///< where it says so the message is a tombstone (deleted_flag.hpp); empty: none
};

/// The names under which the outbox's own columns stand in the layout.
struct ColumnRoles {
  std::string id = "id";
  std::string aggregate_type = "aggregate_type";
  std::string aggregate_id = "aggregate_id";
  std::string event_type = "event_type";
  std::string payload = "payload";
  std::string headers = "headers";        ///< may be missing in the layout
  std::string created_at = "created_at";  ///< may be empty: there is none
};

}  // namespace relay::encode
