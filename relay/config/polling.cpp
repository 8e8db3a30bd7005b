#include "relay/config/polling.hpp"

#include <algorithm>
#include <string_view>

namespace relay::config {
namespace {

bool polls(const Values& values) {
  return values.text("source.mode") == "table";
}

[[noreturn]] void refuse(const Values& values, std::string_view option, const std::string& cure) {
  const auto* value = values.find(option);
  const auto origin = value == nullptr ? Origin{} : value->origin;
  throw ConfigError(std::max(origin.layer, values.find("source.mode")->origin.layer),
                    name_and_origin(option, origin) + ": " + cure);
}

/// What an outbox has and an ordinary table has not.
void refuse_outbox_options(const Values& values) {
  const auto& format = values.text("message.format");
  if (format != "row" && format != "connect") {
    refuse(values, "message.format",
           "an ordinary table (source.mode=table) has no payload column, which " + format + " needs; set row or connect");
  }
  if (values.is_set("message.key")) refuse(values, "message.key", "with source.mode=table the key is table.key-columns");
  if (values.text("outbox.on-bad-row") != "block") {
    refuse(values, "outbox.on-bad-row", "with source.mode=table a row that cannot be sent stays where it is; set block");
  }
}

void take_columns(const Values& values, Polling& polling) {
  for (const auto& column : parse_list(values.text("table.columns"))) {
    column.starts_with('-') ? polling.exclude.push_back(column.substr(1)) : polling.include.push_back(column);
  }
  if (!polling.include.empty() && !polling.exclude.empty()) {
    refuse(values, "table.columns", "name the columns to send, or with - before each those to leave out, not both");
  }
}

void take_start(const Values& values, Polling& polling) {
  const auto& text = values.text("table.start");
  if (text == "earliest") return;
  if (text == "latest") {
    polling.start = StartFrom::latest;
    return;
  }
  const auto time = parse_timestamp(text);
  if (!time) refuse(values, "table.start", text + " is none of earliest, latest and a time (2026-01-02T03:04:05Z)");
  if (polling.timestamp_column.empty()) refuse(values, "table.start", "a time means nothing without table.timestamp-column");
  polling.start = StartFrom::time;
  polling.start_time = *time;
}

void take_state(const Values& values, Polling& polling) {
  const std::string_view text = values.text("table.state");
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  if (text == "table") return;
  polling.state.kind = kind == "file" ? StatePlace::Kind::file : StatePlace::Kind::topic;
  if (colon != std::string_view::npos) polling.state.name = text.substr(colon + 1);
  if ((kind != "file" && kind != "kafka") || polling.state.name.empty()) {
    refuse(values, "table.state", std::string(text) + " is none of table, file:PATH and kafka:TOPIC");
  }
}

}  // namespace

void set_polling_defaults(Values& values) {
  if (!polls(values)) return;
  values.set_default("message.topic", "{table}");
  values.set_default("message.format", "row");
  values.set_default("message.headers", "");
  if (values.text("table.state") != "table") values.set_default("lease.enabled", "false");  // a lease is a table, too
  const auto& id = values.text("table.id-column");
  if (!id.empty()) values.set_default("table.key-columns", id);
}

Polling polling(const Values& values) {
  Polling polling;
  if (!polls(values)) return polling;
  polling.mode = SourceMode::table;
  polling.tables = parse_list(values.text("table.name"));
  refuse_outbox_options(values);
  polling.timestamp_column = values.text("table.timestamp-column");
  polling.id_column = values.text("table.id-column");
  if (polling.timestamp_column.empty() && polling.id_column.empty()) {
    refuse(values, "table.timestamp-column", "without it and table.id-column nothing says which rows are new; name one");
  }
  polling.key_columns = parse_list(values.text("table.key-columns"));
  if (polling.key_columns.empty()) refuse(values, "table.key-columns", "without table.id-column it has to be set");
  polling.where = values.text("table.where");
  polling.deleted_column = values.text("table.deleted-column");
  polling.look_back = parse_duration(values.text("table.look-back")).value();
  take_columns(values, polling);
  take_start(values, polling);
  take_state(values, polling);
  return polling;
}

void require_tables(const Values& values) {
  if (!polls(values) || !parse_list(values.text("table.name")).empty()) return;
  refuse(values, "table.name", "source.mode=table polls the tables that it names, and it names none");
}

}  // namespace relay::config
