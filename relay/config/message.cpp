#include "relay/config/message.hpp"

#include "relay/encode/topic_pattern.hpp"
#include "relay/encode/topic_template.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace relay::config {
namespace {

using encode::Format;
using encode::Placement;

std::vector<encode::ExtraColumn> extra_columns(const Values& values) {
  return parse_placements(values.text("outbox.extra-columns")).value_or(std::vector<encode::ExtraColumn>{});
}

bool is_on(const Values& values, std::string_view flag) {
  return values.text(flag) == "true";
}

bool has_envelope(const Values& values) {
  for (const auto& column : extra_columns(values)) {
    if (column.placement == Placement::envelope) return true;
  }
  return false;
}

ConfigError needs(const Values& values, std::string_view option, const std::string& cure) {
  const auto& origin = values.find(option)->origin;
  return {origin.layer, name_and_origin(option, origin) + ": " + cure};
}

/// What would be set in vain, or cannot be done.
void refuse_contradictions(const Values& values, const encode::MessageShape& shape) {
  const bool text_only = shape.format == Format::debezium && shape.value_converter == encode::Converter::string;
  if (text_only && shape.expand_json) {
    throw needs(values, "message.value-converter", "an expanded payload (message.expand-json) is no text; set json or json-schema");
  }
  if (text_only && has_envelope(values)) {
    throw needs(values, "message.value-converter", "an envelope (outbox.extra-columns) is no text; set json or json-schema");
  }
  if (shape.format == Format::connect && shape.value_converter == encode::Converter::string) {
    throw needs(values, "message.value-converter",
                "message.format=connect is JSON; set json-schema, or json to leave the schema out");
  }
  if (shape.format == Format::payload && has_envelope(values)) {
    throw needs(values, "outbox.extra-columns",
                "message.format=payload has no envelope; set another format, or place the column in a header");
  }
}

void check_topic(const Values& values, const encode::MessageShape& shape) {
  try {
    static_cast<void>(encode::parse_topic_template(shape.topic));
  } catch (const std::invalid_argument& error) {
    const auto& origin = values.find("message.topic")->origin;
    throw ConfigError(origin.layer, error.what() + (" (" + origin.text() + ")"));
  }
}

void check_pattern(const Values& values, const encode::MessageShape& shape) {
  if (shape.topic_pattern.empty()) return;
  try {
    static_cast<void>(encode::TopicPattern(shape.topic_pattern, shape.topic_replacement));
  } catch (const std::invalid_argument& error) {
    const bool own = values.is_set("message.topic-pattern");
    throw ConfigError(values.find(own ? "message.topic-pattern" : "message.topic-replacement")->origin.layer, error.what());
  }
}

}  // namespace

void apply_preset(Values& values) {
  if (values.text("outbox.preset") != "debezium") return;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> columns{{
      {"outbox.columns.id", "id"},
      {"outbox.columns.aggregate-type", "aggregatetype"},
      {"outbox.columns.aggregate-id", "aggregateid"},
      {"outbox.columns.event-type", "type"},
      {"outbox.columns.payload", "payload"},
      {"outbox.columns.headers", ""},
      {"outbox.columns.created-at", ""},
      {"message.format", "debezium"},
      {"message.topic", "outbox.event.{aggregate_type}"},
  }};
  const bool routed = values.is_set("message.topic-pattern") || values.is_set("message.topic-replacement");
  for (const auto& [option, text] : columns) {
    if (option == "message.topic" && routed) continue;
    values.set_default(option, std::string(text));
  }
}

void set_message_defaults(Values& values) {
  const auto& format = values.text("message.format");
  if (format == "debezium") values.set_default("message.headers", "id");
  if (format == "connect") values.set_default("message.value-converter", "json-schema");
  if (format.starts_with("cloudevents")) values.set_default("message.headers", "");
  if (values.is_set("message.topic-pattern")) {
    const bool named = values.text("message.topic-pattern").find("(?<routedByValue>") != std::string::npos;
    values.set_default("message.topic-replacement", named ? "outbox.event.${routedByValue}" : "outbox.event.$0");
  } else if (values.is_set("message.topic-replacement")) {
    values.set_default("message.topic-pattern", "(?<routedByValue>.*)");
  }
  if (is_on(values, "message.expand-json") || (format == "debezium" && has_envelope(values))) {
    values.set_default("message.value-converter", "json");
  }
  const auto& table = values.text("outbox.table");
  values.set_default("message.schema-name", table.substr(table.rfind('.') + 1));
  values.set_default("message.source", table);
}

encode::MessageShape message_shape(const Values& values) {
  encode::MessageShape shape;
  shape.topic = values.text("message.topic");
  shape.topic_pattern = values.text("message.topic-pattern");
  shape.topic_replacement = values.text("message.topic-replacement");
  shape.key = values.text("message.key");
  shape.format = choice<Format>(values, "message.format");
  shape.timestamp_from_created_at = values.text("message.timestamp") == "created_at";
  shape.headers = parse_list(values.text("message.headers"));
  shape.extra_columns = extra_columns(values);
  shape.ignore_missing = values.text("outbox.missing-columns") == "ignore";
  shape.tombstone_on_empty = is_on(values, "message.tombstone-on-empty");
  shape.trace_column = values.text("outbox.columns.trace");
  shape.source = values.text("message.source");
  shape.schema_name = values.text("message.schema-name");
  shape.key_converter = choice<encode::Converter>(values, "message.key-converter");
  shape.value_converter = choice<encode::Converter>(values, "message.value-converter");
  shape.header_converter = choice<encode::Converter>(values, "message.header-converter");
  shape.schema_version = values.text("outbox.columns.schema-version");
  shape.expand_json = is_on(values, "message.expand-json");
  shape.keep_json_nulls = values.text("message.json-nulls") == "optional_bytes";
  shape.keep_empty_arrays = values.text("message.json-empty-arrays") == "optional_string";
  shape.numeric_mapping = choice<encode::NumericMapping>(values, "message.numeric-mapping");
  shape.time_types = choice<encode::TimeTypes>(values, "message.time-types");
  refuse_contradictions(values, shape);
  check_topic(values, shape);
  check_pattern(values, shape);
  return shape;
}

}  // namespace relay::config
