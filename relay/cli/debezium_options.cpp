#include "relay/cli/debezium.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

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
                             "database.include.list"sv,
                             "schema.include.list"sv};
  constexpr std::array beginnings{"slot."sv,     "publication."sv, "snapshot."sv,       "schema.history"sv, "heartbeat."sv,
                                  "database."sv, "errors.log"sv,   "topic.creation."sv, "offset."sv,        "predicates"sv};
  return std::ranges::find(words, property) != words.end() ||
         std::ranges::any_of(beginnings, [&](auto beginning) { return property.starts_with(beginning); });
}

/// Walks through the properties; what is taken is struck off, what is left has no equivalent.
class Migration {
 public:
  explicit Migration(Properties properties) : left_(std::move(properties)) {}

  std::string run() {
    out_ << "# The relay's options for this connector. Secrets are not taken over, and every line wants a look.\n";
    find_router();
    source();
    out_ << "outbox.preset = debezium\n";
    table();
    router();
    converter("key.converter", "message.key-converter");
    converter("value.converter", "message.value-converter");
    converter("header.converter", "message.header-converter");
    rest();
    return out_.str();
  }

 private:
  std::optional<std::string> take(const std::string& name) {
    auto found = left_.extract(name);
    if (found.empty()) return std::nullopt;
    return std::move(found.mapped());
  }

  [[nodiscard]] std::string text(const std::string& name) const {
    const auto found = left_.find(name);
    return found == left_.end() ? "" : found->second;
  }

  void put(std::string_view option, const std::string& value) { out_ << option << " = " << value << '\n'; }

  void find_router() {
    for (const auto& [name, value] : left_) {
      if (!name.starts_with("transforms.") || !name.ends_with(".type") || !value.ends_with("outbox.EventRouter")) continue;
      router_ = name.substr(0, name.size() - "type"sv.size());
      left_.erase(name);
      return;
    }
    out_ << "# no transform of type io.debezium.transforms.outbox.EventRouter was found: its defaults are assumed\n";
  }

  void source() {
    const auto host = take("database.hostname");
    const auto port = take("database.port");
    const auto database = take("database.dbname");
    const auto user = take("database.user");
    if (host) {
      const bool mysql = text("connector.class").find("MySql") != std::string::npos;
      const auto tables = text("table.include.list");
      const auto schema = mysql ? tables.substr(0, tables.find('.')) : database.value_or("");
      out_ << "source.url = " << (mysql ? "mysql" : "postgresql") << "://" << *host << (port ? ":" + *port : "") << '/' << schema
           << '\n';
    }
    if (user) put("source.user", *user);
  }

  void table() {
    const auto list = text("table.include.list");
    if (list.find_first_of(",*\\(") != std::string::npos) {
      out_ << "# no equivalent: table.include.list=" << list << ": one relay reads one outbox, named in full\n";
    } else if (!list.empty()) {
      put("outbox.table", list);
      put("message.schema-name", text("topic.prefix") + '.' + list);
    }
    out_ << "# where the id is no growing number (a UUID): add such a column and name it, outbox.columns.position = ...\n";
  }

  void router() {
    for (const auto& [property, option] : same_in_router) {
      const auto value = take(router_ + std::string(property));
      if (!value) continue;
      put(option, property == "route.topic.replacement" || property == "route.topic.regex" ? *value : without_blanks(*value));
    }
    if (const auto fatal = take(router_ + "table.fields.additional.error.on.missing")) {
      put("outbox.missing-columns", *fatal == "false" ? "ignore" : "error");
    }
  }

  static std::string without_blanks(std::string value) {
    std::erase(value, ' ');
    return value;
  }

  void converter(const std::string& property, std::string_view option) {
    const auto kind = text(property);
    std::string word;
    if (kind.ends_with("JsonConverter")) {
      word = text(property + ".schemas.enable") == "false" ? "json" : "json-schema";
    } else if (kind.ends_with("StringConverter") || kind.ends_with("SimpleHeaderConverter") ||
               kind.ends_with("ByteArrayConverter") || kind.ends_with("BinaryDataConverter")) {
      word = "string";
    } else {
      return;
    }
    put(option, word);
    left_.erase(property);
    left_.erase(property + ".schemas.enable");
  }

  void rest() {
    for (const auto& [name, value] : left_) {
      auto property = std::string_view(name);
      if (!router_.empty() && property.starts_with(router_)) property.remove_prefix(router_.size());
      const auto known = std::ranges::find(without_equivalent, property, &Without::property);
      if (known == without_equivalent.end() && concerns_the_log(name)) continue;
      const bool secret = name.find("password") != std::string::npos || name.find("secret") != std::string::npos;
      out_ << "# no equivalent: " << name << '=' << (secret ? "***" : value);
      if (known != without_equivalent.end()) out_ << ": " << known->why;
      out_ << '\n';
    }
  }

  Properties left_;
  std::string router_;
  std::ostringstream out_;
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// `{"name":...,"config":{...}}`, or the inner object alone.
Properties from_json(const std::string& text) {
  auto json = nlohmann::json::parse(text);
  if (json.contains("config")) json = json["config"];
  Properties properties;
  for (const auto& [name, value] : json.items()) properties[name] = value.is_string() ? value.get<std::string>() : value.dump();
  return properties;
}

}  // namespace

Properties read_properties(const std::string& path, const config::Origin& named_by) {
  std::ifstream file(path);
  std::ostringstream all;
  if (file.peek() != std::ifstream::traits_type::eof()) all << file.rdbuf();
  const auto refuse = [&](const std::string& why) {
    return config::ConfigError(named_by.layer, config::name_and_origin("from-debezium", named_by) + ": " + path + " " + why);
  };
  if (!file.is_open() || file.bad()) throw refuse("cannot be read");
  if (trimmed(all.str()).starts_with('{')) {
    try {
      return from_json(all.str());
    } catch (const nlohmann::json::exception&) {
      throw refuse("begins like JSON and is none");
    }
  }
  Properties properties;
  std::istringstream lines(all.str());
  for (std::string line; std::getline(lines, line);) {
    line = trimmed(line);
    const auto equals = line.find('=');
    if (line.empty() || line[0] == '#' || line[0] == '!' || equals == std::string::npos) continue;
    properties[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
  }
  return properties;
}

std::string options_of_debezium(const Properties& properties) {
  return Migration(properties).run();
}

}  // namespace relay::cli
