#include "relay/cli/table_relaying.hpp"

#include "relay/config/oauth_command.hpp"
#include "relay/core/cursor_file.hpp"
#include "relay/core/cursor_topic.hpp"
#include "relay/encode/columns.hpp"
#include "relay/kafka/librdkafka_producer.hpp"

namespace relay::cli {
namespace {

constexpr std::string_view placeholder = "{table}";

std::string last_part(const std::string& table) {
  return table.substr(table.rfind('.') + 1);
}

encode::MessageShape message_for(const config::Settings& settings, const std::string& table) {
  auto message = settings.message;
  for (auto at = message.topic.find(placeholder); at != std::string::npos; at = message.topic.find(placeholder)) {
    message.topic.replace(at, placeholder.size(), last_part(table));
  }
  if (!settings.values.is_set("message.schema-name")) message.schema_name = last_part(table);
  message.key_columns = settings.polling.key_columns;
  message.key = message.key_columns.front();
  return message;
}

core::PolledShape shape_for(const config::Polling& polling, const std::string& table, const encode::MessageShape& message) {
  core::PolledShape shape;
  shape.table = table;
  shape.time = polling.timestamp_column;
  shape.id = polling.id_column;
  shape.include = polling.include;
  shape.exclude = polling.exclude;
  shape.where = polling.where;
  shape.deleted = polling.deleted_column;
  shape.key_columns = polling.key_columns;
  shape.more_columns = encode::columns_of(message, {});  // each role under its own name: columns by their names
  shape.more_columns.erase(shape.more_columns.begin());  // the key
  shape.look_back = polling.look_back;
  shape.start = {static_cast<core::TableStart::From>(polling.start), polling.start_time};
  return shape;
}

std::shared_ptr<core::CursorPlace> cursor_topic(const std::string& topic, const kafka::Settings& settings,
                                                const kafka::TokenSource& tokens) {
  return std::make_shared<core::CursorTopic>(
      topic, settings, tokens, [settings, tokens](bool /*probing*/) { return kafka::make_producer(settings, {}, tokens); });
}

}  // namespace

std::vector<core::PolledSettings> polled_tables(const config::Settings& settings) {
  std::vector<core::PolledSettings> tables;
  for (const auto& table : settings.polling.tables) {
    auto message = message_for(settings, table);
    auto shape = shape_for(settings.polling, table, message);
    tables.push_back({std::move(shape), std::move(message), settings.lease.name + "/" + table});
  }
  return tables;
}

core::TableRelaySettings table_relay_settings(const config::Settings& settings) {
  core::TableRelaySettings relay;
  relay.tables = polled_tables(settings);
  relay.place = cursor_place(settings);
  relay.max_rate = settings.max_rate;
  relay.lease = {.enabled = settings.lease.enabled, .name = settings.lease.name, .ttl = settings.lease.ttl};
  relay.poll_interval = settings.poll.interval;
  relay.min_interval = settings.poll.min_interval;
  relay.batch_rows = settings.poll.batch_rows;
  relay.batch_bytes = settings.poll.batch_bytes;
  relay.shutdown_flush = settings.shutdown_flush;
  relay.drain.max_rows = settings.max_rows;
  relay.drain.max_time = settings.max_seconds;
  return relay;
}

std::shared_ptr<core::CursorPlace> cursor_place(const config::Settings& settings) {
  const auto& state = settings.polling.state;
  switch (state.kind) {
    case config::StatePlace::Kind::table:
      break;
    case config::StatePlace::Kind::file:
      return std::make_shared<core::CursorFile>(state.name);
    case config::StatePlace::Kind::topic:
      return cursor_topic(state.name, settings.kafka, config::tokens_printed_by(settings.oauth_command));
  }
  return nullptr;
}

void require_table(const config::Settings& settings, std::string_view command) {
  if (settings.polling.mode == config::SourceMode::table) return;
  const auto& origin = settings.values.find("source.mode")->origin;
  throw config::ConfigError(origin.layer, std::string(command) + " is about polled tables, and " +
                                              config::name_and_origin("source.mode", origin) + " is outbox");
}

void require_outbox(const config::Settings& settings, std::string_view command) {
  if (settings.polling.mode == config::SourceMode::outbox) return;
  const auto& origin = settings.values.find("source.mode")->origin;
  throw config::ConfigError(origin.layer, std::string(command) + " is about outboxes, and " +
                                              config::name_and_origin("source.mode", origin) + " is table");
}

}  // namespace relay::cli
