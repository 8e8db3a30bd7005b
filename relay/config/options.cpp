#include "relay/config/options.hpp"

#include "db_adapters/port/url.hpp"
#include "relay/kafka/settings.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <numeric>
#include <vector>

namespace relay::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t gib = kib * kib * kib;
constexpr std::string_view kafka_prefix = "kafka.";

const std::vector<Option>& table() {
  static const std::vector<Option> all{
      {.name = "config",
       .type = Text{"FILE"},
       .meaning = "configuration file (INI): [source] then url = ...",
       .group = Group::file},

      {.name = "source.url",
       .type = DatabaseUrl{},
       .meaning = "postgresql://user@host:5432/db, mysql://user@host:3306/db, sqlite:/path/file.db, "
                  "soci:BACKEND:CONNECT STRING (odbc, firebird)",
       .group = Group::source,
       .required = true},
      {.name = "source.user",
       .type = Text{"NAME"},
       .fallback_note = "from source.url",
       .meaning = "database user",
       .group = Group::source},
      {.name = "source.password", .meaning = "its password; one of these three", .group = Group::source, .secret = true},
      {.name = "source.password-file",
       .type = Text{"FILE"},
       .meaning = "file with the password, read again on every new connection (rotated secrets)",
       .group = Group::source},
      {.name = "source.password-command",
       .type = Text{"COMMAND"},
       .meaning = "sh command that prints the password, run on every new connection (IAM tokens)",
       .group = Group::source,
       .secret = true},
      {.name = "source.tls",
       .type = Choice{{"disable", "require", "verify-ca", "verify-full"}},
       .fallback_note = "verify-full unless the host is loopback or a socket",
       .meaning = "encryption, and what is verified of the server",
       .group = Group::source},
      {.name = "source.tls-ca",
       .type = Text{"FILE"},
       .fallback_note = "the system's",
       .meaning = "PEM file with the authorities that are trusted",
       .group = Group::source},
      {.name = "source.connect-timeout",
       .type = Duration{1s, 10min},
       .fallback = "45s",
       .meaning = "longest wait for a connection; a paused Aurora needs 15 to 30 s to wake",
       .group = Group::source},
      {.name = "source.mode",
       .type = Choice{{"outbox", "table"}},
       .fallback = "outbox",
       .meaning = "what is relayed: the rows of an outbox, once each; or ordinary tables (table.*), each row whenever it changes",
       .group = Group::table},

      {.name = "outbox.table",
       .type = TableName{},
       .fallback = "outbox",
       .meaning = "may be schema-qualified",
       .group = Group::table},
      {.name = "outbox.dispose",
       .type = Choice{{"delete", "mark"}},
       .fallback = "delete",
       .meaning = "what happens to a row that Kafka has acknowledged",
       .group = Group::table},
      {.name = "outbox.preset",
       .type = Choice{{"native", "debezium"}},
       .fallback = "native",
       .meaning = "debezium: EventRouter's columns (id, aggregatetype, aggregateid, type, payload), its topic and its format; "
                  "single options override it",
       .group = Group::columns},
      {.name = "table.name",
       .type = List{},
       .meaning = "the tables to poll; each may be schema-qualified",
       .group = Group::polling},
      {.name = "table.timestamp-column",
       .type = Text{"COLUMN"},
       .fallback = "update_ts",
       .meaning = "grows with every change of a row, in UTC; empty: rows are only inserted",
       .group = Group::polling},
      {.name = "table.id-column",
       .type = Text{"COLUMN"},
       .fallback = "id",
       .meaning = "unique, never changed; empty: there is none",
       .group = Group::polling},
      {.name = "table.key-columns",
       .type = List{},
       .fallback_note = "table.id-column",
       .meaning = "the message key; of more than one column a JSON object",
       .group = Group::polling},
      {.name = "table.columns",
       .type = List{},
       .fallback_note = "all",
       .meaning = "the columns of the message; or, each with - before it, those to leave out",
       .group = Group::polling},
      {.name = "table.where",
       .type = Text{"SQL"},
       .meaning = "which rows: a condition as the database reads it",
       .group = Group::polling},
      {.name = "table.look-back",
       .type = Duration{0ms, 7 * 24h},
       .fallback = "60s",
       .meaning = "rows may appear that much later than their time says, besides the age of the transaction that writes them",
       .group = Group::polling},
      {.name = "table.start",
       .type = Text{"earliest|latest|TIME", false},
       .fallback = "earliest",
       .meaning = "where to begin when no cursor is saved: with every row, behind those that are there, or with rows of that time",
       .group = Group::polling},
      {.name = "table.state",
       .type = Text{"table|file:PATH|kafka:TOPIC", false},
       .fallback = "table",
       .meaning =
           "where the cursor is kept: in outbox_relay_cursor beside the table, or, where the role may only read, in a file or "
           "a compacted topic; then there is no lease, and one relay at a time may run",
       .group = Group::polling},
      {.name = "table.deleted-column",
       .type = Text{"COLUMN"},
       .meaning =
           "where it says so the row's message is a tombstone; false, 0, NULL, blank, N, F, no and a zero date do not; empty: none",
       .group = Group::polling},
      {.name = "outbox.columns.id",
       .type = Text{"COLUMN", false},
       .fallback = "id",
       .meaning = "the event's id",
       .group = Group::columns},
      {.name = "outbox.columns.position",
       .type = Text{"COLUMN", false},
       .fallback_note = "outbox.columns.id",
       .meaning = "orders the rows, a unique integer; needed where id is a random UUID",
       .group = Group::columns},
      {.name = "outbox.columns.aggregate-type",
       .type = Text{"COLUMN", false},
       .fallback = "aggregate_type",
       .meaning = "what the event is about: names the topic by default",
       .group = Group::columns},
      {.name = "outbox.columns.aggregate-id",
       .type = Text{"COLUMN", false},
       .fallback = "aggregate_id",
       .meaning = "which one: the message key by default",
       .group = Group::columns},
      {.name = "outbox.columns.event-type",
       .type = Text{"COLUMN"},
       .fallback = "event_type",
       .meaning = "what happened; empty: there is none",
       .group = Group::columns},
      {.name = "outbox.columns.payload",
       .type = Text{"COLUMN", false},
       .fallback = "payload",
       .meaning = "the message's value; NULL is a tombstone",
       .group = Group::columns},
      {.name = "outbox.columns.headers",
       .type = Text{"COLUMN"},
       .fallback = "headers",
       .meaning = "a JSON object, its members become headers; the column may be missing",
       .group = Group::columns},
      {.name = "outbox.columns.created-at",
       .type = Text{"COLUMN"},
       .fallback = "created_at",
       .meaning = "when the row was written; empty: there is none",
       .group = Group::columns},
      {.name = "outbox.columns.sent-at",
       .type = Text{"COLUMN", false},
       .fallback = "sent_at",
       .meaning = "set when the row was sent (outbox.dispose = mark)",
       .group = Group::columns},
      {.name = "outbox.columns.trace",
       .type = Text{"COLUMN"},
       .meaning = "Java properties (traceparent=...) that become headers: EventRouter's tracingspancontext; empty: none",
       .group = Group::columns},
      {.name = "outbox.columns.schema-version",
       .type = Text{"COLUMN"},
       .meaning = "an integer, the envelope's schema version in format debezium; empty: none",
       .group = Group::columns},
      {.name = "outbox.extra-columns",
       .type = Placements{},
       .meaning = "more columns to carry: column:header[:name], column:envelope[:name], column:partition",
       .group = Group::columns},
      {.name = "outbox.missing-columns",
       .type = Choice{{"error", "ignore"}},
       .fallback = "error",
       .meaning = "what becomes of an extra column that the table does not have",
       .group = Group::columns},
      {.name = "outbox.scan",
       .type = Choice{{"auto", "gaps", "head"}},
       .fallback = "auto",
       .meaning = "how the next rows are found: forward and in the gaps that late commits may fill, or always from the head",
       .group = Group::claim},
      {.name = "outbox.on-bad-row",
       .type = Choice{{"block", "park", "topic"}},
       .fallback = "block",
       .meaning = "what happens to a row that cannot be sent: its key waits; it moves to the table outbox_dead; it goes to "
                  "outbox.dead-topic",
       .group = Group::bad_rows},
      {.name = "outbox.dead-topic",
       .type = Text{"TOPIC", false},
       .fallback = "outbox.dead",
       .meaning = "for outbox.on-bad-row = topic; {topic} stands for the topic that the row was for",
       .group = Group::bad_rows},

      {.name = "outbox.order",
       .type = Choice{{"relaxed", "strict"}},
       .fallback = "relaxed",
       .meaning =
           "relaxed: ordered for each key; strict: ordered over the whole outbox, and each row waits for the oldest open insert",
       .group = Group::claim},

      {.name = "message.topic",
       .type = Text{"TOPIC", false},
       .fallback = "{aggregate_type}",
       .meaning = "a constant, or a template over columns: {aggregate_type} is the column with that role",
       .group = Group::message},
      {.name = "message.topic-pattern",
       .type = Text{"REGEX"},
       .fallback_note = "(?<routedByValue>.*) with a replacement",
       .meaning = "tried on what message.topic gives: where it matches the whole, the topic is the replacement",
       .group = Group::message},
      {.name = "message.topic-replacement",
       .type = Text{"TEXT"},
       .fallback_note = "outbox.event.${routedByValue} with a pattern",
       .meaning = "the topic then: $1 and ${name} are groups of the pattern",
       .group = Group::message},
      {.name = "message.key",
       .type = Text{"COLUMN", false},
       .fallback = "aggregate_id",
       .meaning = "column with the message key",
       .group = Group::message},
      {.name = "message.format",
       .type = Choice{{"payload", "row", "connect", "cloudevents", "cloudevents-json", "debezium"}},
       .fallback = "payload",
       .meaning = "payload: the column's bytes; row: the row as one JSON object, payload parsed; connect: the row with its schema, "
                  "as JsonConverter writes it; cloudevents: binary, -json: structured; debezium: EventRouter's output",
       .group = Group::message},
      {.name = "message.timestamp",
       .type = Choice{{"created_at", "now"}},
       .fallback = "created_at",
       .meaning = "when the row was written, or when it is sent",
       .group = Group::message},
      {.name = "message.headers",
       .type = List{},
       .fallback = "id,event_type",
       .meaning = "columns that become headers; id is the event id for consumers' de-duplication; by default id alone with format "
                  "debezium, none with cloudevents",
       .group = Group::message},
      {.name = "message.key-converter",
       .type = Choice{{"string", "json", "json-schema"}},
       .fallback = "string",
       .meaning = "formats debezium and connect: the key as StringConverter or JsonConverter writes it, without or with its schema",
       .group = Group::message},
      {.name = "message.value-converter",
       .type = Choice{{"string", "json", "json-schema"}},
       .fallback = "string",
       .meaning =
           "format debezium: the value; string gives a binary column's octets as they are; by default json with "
           "message.expand-json or an envelope; format connect: json-schema, its default, or json, the row without its schema",
       .group = Group::message},
      {.name = "message.header-converter",
       .type = Choice{{"string", "json", "json-schema"}},
       .fallback = "string",
       .meaning = "format debezium: the headers; string is SimpleHeaderConverter's text",
       .group = Group::message},
      {.name = "message.expand-json",
       .type = Flag{},
       .fallback = "false",
       .meaning = "format debezium: a payload that is JSON becomes a struct (table.expand.json.payload)",
       .group = Group::message},
      {.name = "message.json-nulls",
       .type = Choice{{"ignore", "optional_bytes"}},
       .fallback = "ignore",
       .meaning = "null members of an expanded payload: left out, or kept",
       .group = Group::message},
      {.name = "message.json-empty-arrays",
       .type = Choice{{"ignore", "optional_string"}},
       .fallback = "ignore",
       .meaning = "empty arrays in an expanded payload: left out, or kept",
       .group = Group::message},
      {.name = "message.tombstone-on-empty",
       .type = Flag{},
       .fallback = "false",
       .meaning = "a payload that is empty or blank is a tombstone too, not NULL alone",
       .group = Group::message},
      {.name = "message.schema-name",
       .type = Text{"NAME"},
       .fallback_note = "the table's name",
       .meaning = "of the value's struct in format connect; format debezium adds .{aggregate_type}.Value to it",
       .group = Group::message},
      {.name = "message.numeric-mapping",
       .type = Choice{{"none", "best-fit"}},
       .fallback = "none",
       .meaning = "format connect: numeric columns as Decimal, or as the integer or double that holds them (numeric.mapping)",
       .group = Group::message},
      {.name = "message.time-types",
       .type = Choice{{"connect", "debezium"}},
       .fallback = "connect",
       .meaning = "format connect: times in milliseconds as Connect's own types, or in microseconds as io.debezium.time"
                  ", with the precision of decimals: for Debezium's JDBC sink",
       .group = Group::message},
      {.name = "message.source",
       .type = Text{"URI", false},
       .fallback_note = "outbox.table",
       .meaning = "formats cloudevents: the event's source, a URI reference",
       .group = Group::message},

      {.name = "poll.interval",
       .type = Duration{1ms, 24h},
       .fallback = "1s",
       .meaning = "longest wait between polls; while rows come the wait adapts down to poll.min-interval",
       .group = Group::wait},
      {.name = "poll.min-interval",
       .type = Duration{1ms, 1min},
       .fallback = "2ms",
       .meaning = "shortest wait between polls",
       .group = Group::wait},
      {.name = "poll.batch-rows",
       .type = Count{1, 100'000},
       .fallback = "5000",
       .meaning = "rows of one claim; the pipeline holds at most four",
       .group = Group::claim},
      {.name = "poll.batch-bytes",
       .type = Size{64 * kib, gib},
       .fallback = "16MiB",
       .meaning = "bytes of one claim; the pipeline holds at most four",
       .group = Group::claim},
      {.name = "poll.wake-channel",
       .type = Text{"NAME"},
       .fallback = "outbox",
       .meaning = "PostgreSQL LISTEN channel; empty: off",
       .group = Group::wake},
      {.name = "sweep.interval",
       .type = Duration{1s, 24h},
       .fallback = "60s",
       .meaning = "time between scans from the head",
       .group = Group::wait},

      {.name = "publish.max-rate",
       .type = Limit{1, 10'000'000},
       .fallback = "off",
       .meaning = "rows per second at most, so that a backlog does not swamp Kafka",
       .group = Group::wait},

      {.name = "lease.enabled",
       .type = Flag{},
       .fallback = "true",
       .meaning = "of several relays on one outbox only the holder of the lease works (table outbox_relay_lease)",
       .group = Group::lease},
      {.name = "lease.name",
       .type = Text{"NAME", false},
       .fallback = "outbox-relay",
       .meaning = "whose lease: relays of different outboxes in one database need different names",
       .group = Group::lease},
      {.name = "lease.ttl",
       .type = Duration{1s, 10min},
       .fallback = "15s",
       .meaning = "how soon a holder that died is succeeded; it is renewed three times as often",
       .group = Group::lease},

      {.name = "kafka.bootstrap.servers",
       .type = Text{"HOST:PORT,...", false},
       .meaning = "the brokers to ask first",
       .group = Group::kafka,
       .required = true},
      {.name = "kafka.oauth-command",
       .type = Text{"COMMAND"},
       .meaning =
           "sh command that prints a token for kafka.sasl.mechanism=OAUTHBEARER (MSK IAM, OIDC), run anew before the last expires",
       .group = Group::kafka,
       .secret = true},
      {.name = "kafka.*",
       .meaning = "every librdkafka property by its own name: kafka.linger.ms, kafka.sasl.username; "
                  "with -file its value is read from a file: kafka.sasl.password-file",
       .group = Group::kafka},

      {.name = "http.listen",
       .type = Listen{},
       .fallback = "127.0.0.1:9464",
       .meaning = "/livez, /readyz, /status, /metrics, /poke; empty: off",
       .group = Group::http},
      {.name = "log.format",
       .type = Choice{{"text", "json"}},
       .fallback = "text",
       .meaning = "one line an event",
       .group = Group::log},
      {.name = "log.level",
       .type = Choice{{"debug", "info", "warning", "error"}},
       .fallback = "info",
       .meaning = "the least that is logged",
       .group = Group::log},
      {.name = "shutdown.flush",
       .type = Duration{0ms, 10min},
       .fallback = "8s",
       .meaning = "at the end, longest wait for Kafka's acknowledgements",
       .group = Group::shutdown},

      {.name = "max-seconds",
       .type = Count{1, 604'800},
       .fallback_note = "no limit",
       .meaning = "stop after this time; exit 75 when rows are left",
       .group = Group::drain},
      {.name = "max-rows",
       .type = Count{1, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())},
       .fallback_note = "no limit",
       .meaning = "stop after so many rows; exit 75 when rows are left",
       .group = Group::drain},
      {.name = "keep",
       .type = Duration{0ms, 10 * 365 * 24h},
       .fallback = "7d",
       .meaning = "rows stay that long after they were sent",
       .group = Group::keep},
      {.name = "ids", .type = Ids{}, .meaning = "rows with these ids: 17 or 17-42", .group = Group::ids},
      {.name = "since",
       .type = Time{},
       .meaning = "sent rows written at that time or later; UTC without an offset",
       .group = Group::times},
      {.name = "until", .type = Time{}, .meaning = "sent rows written before that time", .group = Group::times},
      {.name = "key", .type = Text{"KEY", false}, .meaning = "rows with this message key", .group = Group::key},
      {.name = "topic", .type = Text{"TOPIC", false}, .meaning = "rows for this topic", .group = Group::topic},
      {.name = "dry-run",
       .type = Flag{},
       .fallback = "false",
       .meaning = "change nothing, only say how many rows or which",
       .group = Group::dry_run},
      {.name = "to",
       .type = Text{"TIME|earliest|latest", false},
       .meaning = "before the rows of that time, before every row, or behind the last one, less `table.look-back`",
       .group = Group::cursor},
      {.name = "json", .type = Flag{}, .fallback = "false", .meaning = "print one JSON object", .group = Group::json},
      {.name = "as",
       .type = Choice{{"options", "debezium"}},
       .fallback = "options",
       .meaning = "debezium: the equivalent connector's properties instead of the relay's options",
       .group = Group::migrate},
      {.name = "from-debezium",
       .type = Text{"FILE"},
       .meaning = "read a Debezium connector's properties and print the relay's options, as a file for --config",
       .group = Group::migrate},
      {.name = "print", .type = Flag{}, .fallback = "false", .meaning = "only print the DDL", .group = Group::init},
  };
  return all;
}

/// How many letters have to be changed, added or left out to come from one word to the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// A Java client's JAAS line holds a password too, and is set here by mistake.
bool is_kafka_secret(std::string_view property) {
  return kafka::is_secret(property) || property == "sasl.jaas.config";
}

}  // namespace

std::span<const Option> options() {
  return table();
}

const Option* find_option(std::string_view name) {
  const auto& all = table();
  auto found = std::find_if(all.begin(), all.end(), [&](const Option& option) { return option.name == name; });
  if (found == all.end() && name.starts_with(kafka_prefix) && name.size() > kafka_prefix.size()) {
    found = std::find_if(all.begin(), all.end(), [](const Option& option) { return option.name == "kafka.*"; });
  }
  return found == all.end() ? nullptr : &*found;
}

bool is_setting(const Option& option) {
  return option.name == "config" || option.name.find('.') != std::string_view::npos;
}

std::string_view nearest_name(std::string_view name) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
  for (const auto& option : table()) {
    const bool is_its_end =
        option.name.size() > name.size() && option.name.ends_with(name) && option.name[option.name.size() - name.size() - 1] == '.';
    const auto far = is_its_end ? 0 : distance(name, option.name);
    if (far < best_distance) {
      best = option.name;
      best_distance = far;
    }
  }
  return best;
}

std::string environment_name(std::string_view name) {
  std::string text = "OUTBOX_RELAY_";
  for (const char c : name) {
    text += c == '.' || c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

std::string shown(std::string_view name, std::string_view value) {
  if (value.empty()) return {};
  const auto* option = find_option(name);
  if (option != nullptr && std::holds_alternative<DatabaseUrl>(option->type)) return db::redact_url(value);
  const bool secret =
      option == nullptr || option->secret || (name.starts_with(kafka_prefix) && is_kafka_secret(name.substr(kafka_prefix.size())));
  return std::string(secret ? "***" : value);
}

std::string_view property_of_file(std::string_view name) {
  constexpr std::string_view suffix = "-file";
  if (!name.starts_with(kafka_prefix) || !name.ends_with(suffix)) return {};
  return name.substr(0, name.size() - suffix.size());
}

}  // namespace relay::config
