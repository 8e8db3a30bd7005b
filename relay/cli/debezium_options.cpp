#include "relay/cli/debezium.hpp"
#include "relay/cli/migration.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <variant>

namespace relay::cli {
namespace {

using namespace std::string_view_literals;

struct Same {
  std::string_view property;  ///< of the transform, without its prefix
  std::string_view option;
};

constexpr std::array same_in_router{
    Same{"table.field.event.id", "outbox.columns.id"},
    Same{"table.field.event.key", "message.key"},
    Same{"table.field.event.type", "outbox.columns.event-type"},
    Same{"table.field.event.payload", "outbox.columns.payload"},
    Same{"table.field.event.schema.version", "outbox.columns.schema-version"},
    Same{"table.field.event.timestamp", "outbox.columns.created-at"},
    Same{"table.fields.additional.placement", "outbox.extra-columns"},
    Same{"table.field.additional.missing", "outbox.missing-columns"},
    Same{"table.expand.json.payload", "message.expand-json"},
    Same{"table.json.payload.null.behavior", "message.json-nulls"},
    Same{"table.json.payload.empty.array.behavior", "message.json-empty-arrays"},
    Same{"route.by.field", "outbox.columns.aggregate-type"},
    Same{"route.topic.regex", "message.topic-pattern"},
    Same{"route.topic.replacement", "message.topic-replacement"},
    Same{"route.tombstone.on.empty.payload", "message.tombstone-on-empty"},
    Same{"tracing.span.context.field", "outbox.columns.trace"},
};

struct Without {
  std::string_view property;
  std::string_view why;
};

constexpr std::array without_equivalent{
    Without{"table.op.invalid.behavior", "the relay reads rows, not changes: it never sees an UPDATE"},
    Without{"table.field.event.schema.version.type", "the column's type is what it is"},
    Without{"tracing.operation.name", "the relay passes a trace on and starts none"},
    Without{"tracing.with.context.field.only", "the relay passes a trace on and starts none"},
    Without{"time.precision.mode", "times travel as with adaptive (MySQL: adaptive_time_microseconds)"},
    Without{"decimal.handling.mode", "decimals travel as with precise"},
    Without{"binary.handling.mode", "binary columns travel as with bytes"},
    Without{"bigint.unsigned.handling.mode", "as with long"},
    Without{"header.converter", "only SimpleHeaderConverter and JsonConverter have a relay's counterpart"},
    Without{"key.converter", "only StringConverter, JsonConverter and ByteArrayConverter have a relay's counterpart"},
    Without{"value.converter", "only StringConverter, JsonConverter, ByteArrayConverter and BinaryDataConverter have one"},
    Without{"errors.tolerance", "a row that cannot be sent blocks its key until it is mended; nothing is dropped"},
    Without{"database.password", "a secret; give it with source.password-file or source.password-command"},
    Without{"database.ssl.truststore", "a Java key store; give the authorities as a PEM file with source.tls-ca"},
    Without{"database.ssl.keystore", "the relay shows no certificate of its own; give it a password"},
    Without{"database.sslcert", "the relay shows no certificate of its own; give it a password"},
    Without{"database.sslkey", "the relay shows no certificate of its own; give it a password"},
};

/// What the connector needs to read a log, to keep its place and to name itself; the relay has no log, slot or history.
bool concerns_the_log(std::string_view property) {
  constexpr std::array words{"name"sv,
                             "connector.class"sv,
                             "tasks.max"sv,
                             "transforms"sv,
                             "poll.interval.ms"sv,
                             "plugin.name"sv,
                             "topic.prefix"sv,
                             "include.schema.changes"sv,
                             "tombstones.on.delete"sv,
                             "max.batch.size"sv,
                             "max.queue.size"sv,
                             "table.include.list"sv,
                             "schema.include.list"sv,
                             "database.include.list"sv,
                             "database.server.id"sv,
                             "database.server.name"sv};
  constexpr std::array beginnings{"slot."sv,      "publication."sv,      "snapshot."sv,  "schema.history"sv,
                                  "heartbeat."sv, "database.history."sv, "errors.log"sv, "topic.creation."sv,
                                  "offset."sv,    "predicates"sv};
  return std::ranges::find(words, property) != words.end() ||
         std::ranges::any_of(beginnings, [&](auto beginning) { return property.starts_with(beginning); });
}

std::string without_blanks(std::string value) {
  std::erase_if(value, [](char c) { return c == ' ' || c == '\t'; });
  return value;
}

/// As Java's Boolean.parseBoolean reads it.
bool is_true(std::string_view text) {
  return std::ranges::equal(text, "true"sv, [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

/// Words and booleans in the relay's spelling: in Java case does not count.
std::string in_relay_spelling(std::string_view option, const std::string& value) {
  const auto& type = config::find_option(option)->type;
  if (std::holds_alternative<config::Flag>(type)) return is_true(value) ? "true" : "false";
  if (!std::holds_alternative<config::Choice>(type)) return value;
  std::string word;
  for (const char c : value) word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

/// The prefix of the EventRouter's properties; empty where there is none.
std::string take_router(Migration& migration) {
  for (const auto& [name, value] : migration.left()) {
    if (!name.starts_with("transforms.") || !name.ends_with(".type") || !value.ends_with("outbox.EventRouter")) continue;
    auto prefix = name.substr(0, name.size() - "type"sv.size());
    static_cast<void>(migration.take(prefix + "type"));
    return prefix;
  }
  migration.say("no transform of type io.debezium.transforms.outbox.EventRouter was found: its defaults are assumed");
  return {};
}

void put_table(Migration& migration) {
  const auto list = migration.text("table.include.list");
  const auto table = included_tables(migration);
  if (!is_plain_name(table)) {
    migration.none("table.include.list", list, "one relay reads one outbox, named in full");
  } else if (!table.empty()) {
    migration.put("outbox.table", table, "table.include.list", list);
    migration.put("message.schema-name", migration.text("topic.prefix") + '.' + table);
  }
  migration.say("where the id is no growing number (a UUID): add such a column and name it, outbox.columns.position = ...");
}

void put_router(Migration& migration, const std::string& router) {
  for (const auto& [property, option] : same_in_router) {
    const auto name = router + std::string(property);
    const auto value = migration.take(name);
    if (!value) continue;
    const bool as_it_is = property == "route.topic.replacement" || property == "route.topic.regex";
    migration.put(option, as_it_is ? *value : in_relay_spelling(option, without_blanks(*value)), name, *value);
  }
  const auto name = router + "table.fields.additional.error.on.missing";
  if (const auto fatal = migration.take(name)) {
    migration.put("outbox.missing-columns", is_true(*fatal) ? "error" : "ignore", name, *fatal);
  }
}

void put_converter(Migration& migration, const std::string& property, std::string_view option) {
  const auto kind = migration.text(property);
  const auto with_schema = property + ".schemas.enable";
  std::string word;
  if (kind.ends_with("JsonConverter")) {
    const auto enabled = migration.take(with_schema);
    word = enabled && !is_true(*enabled) ? "json" : "json-schema";
  } else if (kind.ends_with("StringConverter") || kind.ends_with("SimpleHeaderConverter") || kind.ends_with("ByteArrayConverter") ||
             kind.ends_with("BinaryDataConverter")) {
    word = "string";
    static_cast<void>(migration.take(with_schema));
  } else {
    return;
  }
  static_cast<void>(migration.take(property));
  migration.put(option, word, property, kind);
}

void name_what_is_left(Migration& migration, const std::string& router) {
  for (const auto& [name, value] : migration.left()) {
    auto property = std::string_view(name);
    if (!router.empty() && property.starts_with(router)) property.remove_prefix(router.size());
    const auto known = std::ranges::find(without_equivalent, property, &Without::property);
    if (known == without_equivalent.end() && concerns_the_log(name)) continue;
    migration.none(name, value, known == without_equivalent.end() ? "" : known->why);
  }
}

}  // namespace

std::string options_of_debezium(const Properties& properties) {
  Migration migration(properties);
  migration.say("The relay's options for this connector. Secrets are not taken over, and every line wants a look.");
  const auto router = take_router(migration);
  migrate_source(migration);
  migration.put("outbox.preset", "debezium");
  put_table(migration);
  put_router(migration, router);
  put_converter(migration, "key.converter", "message.key-converter");
  put_converter(migration, "value.converter", "message.value-converter");
  put_converter(migration, "header.converter", "message.header-converter");
  name_what_is_left(migration, router);
  return migration.options();
}

}  // namespace relay::cli
