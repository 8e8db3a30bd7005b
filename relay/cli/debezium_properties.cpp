#include "relay/cli/debezium.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace relay::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view router = "transforms.outbox.";

/// Options that are looked at one by one, or that the head speaks of, or that say how to read this configuration.
constexpr std::array looked_at{"source.url"sv,
                               "source.user"sv,
                               "source.password"sv,
                               "source.password-file"sv,
                               "source.tls"sv,
                               "source.tls-ca"sv,
                               "source.password-command"sv,
                               "source.connect-timeout"sv,
                               "source.mode"sv,
                               "outbox.table"sv,
                               "outbox.preset"sv,
                               "outbox.dispose"sv,
                               "message.topic"sv,
                               "message.key"sv,
                               "message.format"sv,
                               "message.key-converter"sv,
                               "message.headers"sv,
                               "message.schema-name"sv,
                               "message.value-converter"sv,
                               "message.header-converter"sv,
                               "outbox.columns.headers"sv,
                               "outbox.columns.position"sv,
                               "outbox.columns.aggregate-id"sv,
                               "outbox.columns.event-type"sv,
                               "outbox.columns.created-at"sv,
                               "config"sv};

struct Reason {
  std::string_view option;
  std::string_view why;
};

constexpr std::array reasons{
    Reason{"outbox.on-bad-row", "the connector's task ends at such a row"},
    Reason{"outbox.dead-topic", "the connector's task ends at such a row"},
    Reason{"outbox.order", "Debezium sends in the log's order"},
    Reason{"outbox.columns.sent-at", "Debezium reads the log and marks nothing"},
    Reason{"message.timestamp", "without table.field.event.timestamp EventRouter takes the time of the change"},
    Reason{"kafka.*", "the Connect worker's producer has settings of its own (producer.override.*)"},
};

struct Translation {
  std::string_view option;
  std::string_view property;
  std::string_view fallback;  ///< EventRouter's; such a line is left out
};

constexpr std::array translations{
    Translation{"outbox.columns.id", "table.field.event.id", "id"},
    Translation{"outbox.columns.payload", "table.field.event.payload", "payload"},
    Translation{"outbox.columns.schema-version", "table.field.event.schema.version", ""},
    Translation{"outbox.columns.aggregate-type", "route.by.field", "aggregatetype"},
    Translation{"outbox.extra-columns", "table.fields.additional.placement", ""},
    Translation{"outbox.missing-columns", "table.field.additional.missing", "error"},
    Translation{"message.topic-pattern", "route.topic.regex", "(?<routedByValue>.*)"},
    Translation{"message.topic-replacement", "route.topic.replacement", "outbox.event.${routedByValue}"},
    Translation{"message.tombstone-on-empty", "route.tombstone.on.empty.payload", "false"},
    Translation{"message.expand-json", "table.expand.json.payload", "false"},
    Translation{"message.json-nulls", "table.json.payload.null.behavior", "ignore"},
    Translation{"message.json-empty-arrays", "table.json.payload.empty.array.behavior", "ignore"},
    Translation{"outbox.columns.trace", "tracing.span.context.field", ""},
};

class ConnectorProperties {
 public:
  explicit ConnectorProperties(const config::Settings& settings) : settings_(settings), values_(settings.values) {}

  std::string run() {
    out_
        << "# A Debezium connector that does what this relay does. The password, the slot or the schema history, and the place to\n"
           "# start are yours to add; with outbox.dispose = delete the relay leaves the table ready for it.\n";
    connector();
    put("transforms", "outbox");
    put("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
    for (const auto& [option, property, fallback] : translations) {
      const auto& text = values_.text(option);
      if (!text.empty() && text != fallback) put(std::string(router).append(property), text);
    }
    key();
    time();
    topic();
    converters();
    without_equivalent();
    name_the_rest();
    return out_.str();
  }

 private:
  void put(std::string_view property, std::string_view value) { out_ << java_property(property, value) << '\n'; }
  void none(std::string_view option, std::string_view why) {
    std::string value = config::shown(option, values_.text(option));
    std::replace(value.begin(), value.end(), '\n', ' ');  // what stands behind it would be a property
    std::replace(value.begin(), value.end(), '\r', ' ');
    out_ << "# no equivalent: " << option << " = " << value << ": " << why << '\n';
  }

  void connector() {
    const auto& source = settings_.source;
    const bool mysql = source.scheme == "mysql";
    const bool mariadb = values_.text("source.url").starts_with("mariadb:");
    const bool known = mysql || source.scheme == "postgresql" || source.scheme.empty();
    if (!known) none("source.url", "Debezium's connector for it is to be named");
    put("connector.class", mariadb ? "io.debezium.connector.mariadb.MariaDbConnector"
                           : mysql ? "io.debezium.connector.mysql.MySqlConnector"
                                   : "io.debezium.connector.postgresql.PostgresConnector");
    put("tasks.max", "1");
    if (!source.target.host.empty()) put("database.hostname", source.target.host);
    if (source.target.port != 0) put("database.port", std::to_string(source.target.port));
    if (!source.target.user.empty()) put("database.user", source.target.user);
    if (!mysql && known && !source.target.database.empty()) put("database.dbname", source.target.database);
    tls(mysql, mariadb);
    const auto& name = settings_.outbox.table;
    const auto schema = mysql ? source.target.database : "public";
    table(name.find('.') == std::string::npos ? schema + '.' + name : name);
  }

  void tls(bool mysql, bool mariadb) {
    constexpr std::array<std::array<std::string_view, 3>, 4> words{{{"disable", "disabled", "disable"},
                                                                    {"require", "required", "trust"},
                                                                    {"verify-ca", "verify_ca", "verify-ca"},
                                                                    {"verify-full", "verify_identity", "verify-full"}}};
    for (const auto& [postgres_word, mysql_word, mariadb_word] : words) {
      if (values_.text("source.tls") != postgres_word) continue;
      put(mysql ? "database.ssl.mode" : "database.sslmode", mariadb ? mariadb_word : mysql ? mysql_word : postgres_word);
    }
    if (values_.is_set("source.connect-timeout")) {
      mysql ? put("connect.timeout.ms", std::to_string(settings_.source.target.connect_timeout.count()))
            : none("source.connect-timeout", "the driver's own");
    }
    const auto& authorities = values_.text("source.tls-ca");
    if (authorities.empty()) return;
    mysql ? none("source.tls-ca", "the connector wants a Java key store of them: database.ssl.truststore")
          : put("database.sslrootcert", authorities);
  }

  /// A struct is named after the topic's prefix and the table.
  void table(const std::string& name) {
    const auto& schema = settings_.message.schema_name;
    const bool prefixed = schema.size() > name.size() + 1 && schema.ends_with('.' + name);
    put("topic.prefix", prefixed ? schema.substr(0, schema.size() - name.size() - 1) : "outbox");
    put("table.include.list", name);
    if (!prefixed && values_.is_set("message.schema-name")) none("message.schema-name", "it is topic.prefix and the table's name");
  }

  /// A role's name stands for the column that has it.
  [[nodiscard]] std::string column_of(const std::string& name) const {
    const auto& roles = settings_.outbox.columns;
    if (name == "aggregate_id") return roles.aggregate_id;
    if (name == "aggregate_type") return roles.aggregate_type;
    if (name == "event_type") return roles.event_type;
    return name == "created_at" ? roles.created_at : name;
  }

  void key() {
    const auto column = column_of(settings_.message.key);
    if (column != "aggregateid") put(std::string(router) + "table.field.event.key", column);
  }

  void time() {
    const auto& created = settings_.outbox.columns.created_at;
    if (!settings_.message.timestamp_from_created_at || created.empty()) return;
    put(std::string(router) + "table.field.event.timestamp", created);
    out_ << "# EventRouter takes it from timestamp (PostgreSQL) and datetime (MySQL) columns only, not from those with a time "
            "zone\n";
  }

  void topic() {
    const auto& text = settings_.message.topic;
    if (!settings_.message.topic_pattern.empty() || text == "outbox.event.{aggregate_type}") return;
    std::string replacement;
    for (std::size_t at = 0; at < text.size();) {
      const auto brace = text.find('{', at);
      replacement += text.substr(at, brace - at);
      if (brace == std::string::npos) break;
      const auto end = text.find('}', brace);
      const auto column = column_of(text.substr(brace + 1, end - brace - 1));
      if (column != settings_.outbox.columns.aggregate_type || end == std::string::npos) {
        return none("message.topic", "EventRouter makes the topic of one column");
      }
      replacement += "${routedByValue}";
      at = end + 1;
    }
    put(std::string(router) + "route.topic.replacement", replacement);
  }

  void converter(std::string_view property, std::string_view option, std::string_view plain) {
    const auto& word = values_.text(option);
    put(property, word == "string" ? plain : "org.apache.kafka.connect.json.JsonConverter"sv);
    if (word != "string") put(std::string(property) + ".schemas.enable", word == "json" ? "false" : "true");
  }

  void converters() {
    constexpr auto strings = "org.apache.kafka.connect.storage.StringConverter"sv;
    if (settings_.message.format != encode::Format::debezium && settings_.message.format != encode::Format::payload) {
      none("message.format", "EventRouter sends the payload; a consumer sees another value");
    }
    converter("key.converter", "message.key-converter", strings);
    converter("value.converter", "message.value-converter", strings);
    if (values_.text("message.value-converter") == "string") {
      out_ << "# a payload column of octets: value.converter=org.apache.kafka.connect.converters.ByteArrayConverter\n";
    }
    if (values_.text("message.header-converter") != "string") converter("header.converter", "message.header-converter", strings);
  }

  void without_equivalent() {
    if (settings_.message.headers != std::vector<std::string>{"id"}) {
      none("message.headers", "EventRouter's only own header is id; others are placed: table.fields.additional.placement");
    }
    if (!settings_.outbox.columns.headers.empty()) none("outbox.columns.headers", "EventRouter reads no column of headers");
    if (settings_.outbox.dispose == config::Dispose::mark) {
      none("outbox.dispose",
           "Debezium reads the log and leaves rows alone; its UPDATE of sent_at would be an invalid operation to it");
    }
    if (settings_.outbox.position != settings_.outbox.columns.id)
      none("outbox.columns.position", "Debezium reads in the log's order");
  }

  [[nodiscard]] bool is_named(const config::Option& option) const {
    const auto& name = option.name;
    if (!config::is_setting(option) || option.group == config::Group::polling || name.starts_with("kafka.")) return false;
    if (!values_.is_set(name) || values_.text(name) == option.fallback) return false;
    return std::ranges::find(looked_at, name) == looked_at.end() &&
           std::ranges::find(translations, name, &Translation::option) == translations.end();
  }

  /// What somebody has set and nothing above speaks of.
  void name_the_rest() {
    const auto reason_of = [](std::string_view option) {
      const auto found = std::ranges::find(reasons, option, &Reason::option);
      return found == reasons.end() ? "Debezium and Connect have no such setting" : found->why;
    };
    for (const auto& option : config::options()) {
      if (is_named(option)) none(option.name, reason_of(option.name));
    }
    for (const auto& [name, value] : values_.with_prefix("kafka.")) none(name, reason_of("kafka.*"));
  }

  const config::Settings& settings_;
  const config::Values& values_;
  std::ostringstream out_;
};

}  // namespace

std::string debezium_properties_of(const config::Settings& settings) {
  if (settings.polling.mode == config::SourceMode::table) {
    const auto& origin = settings.values.find("source.mode")->origin;
    throw config::ConfigError(origin.layer, config::name_and_origin("source.mode", origin) +
                                                ": polled tables have no Debezium equivalent, which reads an outbox from the log; "
                                                "print-config --as debezium needs source.mode=outbox");
  }
  return ConnectorProperties(settings).run();
}

}  // namespace relay::cli
