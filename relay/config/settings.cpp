#include "relay/config/settings.hpp"

#include "db_adapters/port/url.hpp"
#include "relay/config/message.hpp"
#include "relay/domain/topic_name.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace relay::config {
namespace {

using namespace std::string_view_literals;

constexpr std::array password_options{"source.password"sv, "source.password-file"sv, "source.password-command"sv};

Layer later(const Origin& a, const Origin& b) {
  return std::max(a.layer, b.layer);
}

/// `a (command line) and b (file relay.ini)`
ConfigError contradiction(const Values& values, std::string_view a, std::string_view b, const std::string& cure) {
  const auto& first = values.find(a)->origin;
  const auto& second = values.find(b)->origin;
  return {later(first, second),
          name_and_origin(a, first) + " and " + name_and_origin(b, second) + " contradict each other: " + cure};
}

std::chrono::milliseconds duration(const Values& values, std::string_view name) {
  return parse_duration(values.text(name)).value();
}

std::uint64_t count(const Values& values, std::string_view name) {
  return parse_count(values.text(name)).value();
}

bool is_given(const Values& values, std::string_view option) {
  return values.is_set(option) && !values.text(option).empty();
}

void check_source(const Values& values, const db::Url& url) {
  std::string_view password = url.target.password.empty() ? ""sv : "source.url"sv;
  for (const auto option : password_options) {
    if (!is_given(values, option)) continue;
    if (!password.empty()) throw contradiction(values, password, option, "the password comes from one place; remove the other");
    password = option;
  }
  if (is_given(values, "source.user") && !url.target.user.empty() && url.target.user != values.text("source.user")) {
    throw contradiction(values, "source.url", "source.user", "they name different users; name one");
  }
  const bool has_server = url.scheme == "postgresql" || url.scheme == "mysql";
  for (const auto option : {"source.tls"sv, "source.tls-ca"sv, "source.user"sv, "source.password"sv, "source.password-file"sv,
                            "source.password-command"sv}) {
    if (has_server || !is_given(values, option) || (url.scheme == "soci" && !option.starts_with("source.tls"))) continue;
    throw contradiction(
        values, "source.url", option,
        url.scheme == "soci" ? "with soci: encryption is set in the connect string" : "a file has no user, password or encryption");
  }
  const auto& tls = values.text("source.tls");
  if (is_given(values, "source.tls-ca") && is_given(values, "source.tls") && !tls.starts_with("verify")) {
    throw contradiction(values, "source.tls", "source.tls-ca",
                        "with " + tls + " no certificate is verified; set verify-ca or verify-full");
  }
}

void check_kafka(const Values& values) {
  for (const auto& [name, value] : values.with_prefix("kafka.")) {
    const auto property = property_of_file(name);
    if (!property.empty() && values.is_set(property)) throw contradiction(values, property, name, "set one of them");
  }
}

void check_order(const Values& values) {
  if (values.text("outbox.order") != "strict" || values.text("outbox.scan") != "head") return;
  throw contradiction(values, "outbox.scan", "outbox.order",
                      "strict order needs the gaps in the ids to be watched; set outbox.scan=gaps");
}

/// The row's own topic is looked at when there is one; any will do here.
void check_dead_topic(const Values& values) {
  if (values.text("outbox.on-bad-row") != "topic") return;
  constexpr auto placeholder = "{topic}"sv;
  const auto& dead = *values.find("outbox.dead-topic");
  auto name = dead.text;
  if (const auto at = name.find(placeholder); at != std::string::npos) name.replace(at, placeholder.size(), "t");
  if (is_topic_name(name)) return;
  throw ConfigError(dead.origin.layer,
                    name_and_origin("outbox.dead-topic", dead.origin) + ": \"" + dead.text +
                        "\" is no topic name, with {topic} for the row's own or without: " + std::string(topic_name_rule));
}

void check_poll(Values& values) {
  if (duration(values, "poll.min-interval") <= duration(values, "poll.interval")) return;
  const auto& longest = *values.find("poll.interval");
  const auto& shortest = *values.find("poll.min-interval");
  if (!values.is_set("poll.min-interval")) return values.set_default("poll.min-interval", longest.text);
  throw ConfigError(later(longest.origin, shortest.origin),
                    name_and_origin("poll.min-interval", shortest.origin) + " = " + shortest.text + " is longer than " +
                        name_and_origin("poll.interval", longest.origin) + " = " + longest.text);
}

void set_defaults_that_depend(Values& values, const db::Url& url) {
  if (values.is_set("source.url")) {
    if (!url.target.user.empty()) values.set_default("source.user", url.target.user, values.find("source.url")->origin);
    const bool server = url.scheme == "postgresql" || url.scheme == "mysql";
    const bool wants_verification = is_given(values, "source.tls-ca") || !db::is_local(url.target);
    if (server) values.set_default("source.tls", wants_verification ? "verify-full" : "disable");
  }
  apply_preset(values);
  set_polling_defaults(values);
  set_message_defaults(values);
  values.set_default("outbox.columns.position", values.text("outbox.columns.id"));
}

Credentials credentials(const Values& values, const db::Url& url) {
  using From = Credentials::From;
  constexpr std::array sources{From::literal, From::file, From::command};
  for (std::size_t i = 0; i < password_options.size(); ++i) {
    if (is_given(values, password_options[i])) return {sources[i], values.text(password_options[i])};
  }
  if (!url.target.password.empty()) return {From::literal, url.target.password};
  return {};
}

Source source(const Values& values, db::Url url) {
  Source made;
  made.scheme = url.scheme;
  made.shown_url = shown("source.url", values.text("source.url"));
  made.credentials = credentials(values, url);
  made.target = std::move(url.target);
  made.target.password.clear();
  made.target.user = values.text("source.user");
  made.target.tls_ca = values.text("source.tls-ca");
  made.target.connect_timeout = duration(values, "source.connect-timeout");
  made.target.tls = values.find("source.tls") == nullptr ? db::TlsMode::disable : choice<db::TlsMode>(values, "source.tls");
  return made;
}

Outbox outbox(const Values& values) {
  const auto column = [&](std::string_view role) { return values.text("outbox.columns." + std::string(role)); };
  return {.table = values.text("outbox.table"),
          .dispose = choice<Dispose>(values, "outbox.dispose"),
          .scan = choice<ScanChoice>(values, "outbox.scan"),
          .strict_order = values.text("outbox.order") == "strict",
          .position = column("position"),
          .sent_at = column("sent-at"),
          .on_bad_row = choice<OnBadRow>(values, "outbox.on-bad-row"),
          .dead_topic = values.text("outbox.dead-topic"),
          .columns = {.id = column("id"),
                      .aggregate_type = column("aggregate-type"),
                      .aggregate_id = column("aggregate-id"),
                      .event_type = column("event-type"),
                      .payload = column("payload"),
                      .headers = column("headers"),
                      .created_at = column("created-at")}};
}

Poll poll(const Values& values) {
  return {.interval = duration(values, "poll.interval"),
          .min_interval = duration(values, "poll.min-interval"),
          .batch_rows = count(values, "poll.batch-rows"),
          .batch_bytes = parse_size(values.text("poll.batch-bytes")).value(),
          .wake_channel = values.text("poll.wake-channel")};
}

kafka::Settings kafka_properties(const Values& values) {
  constexpr auto prefix = "kafka."sv;
  kafka::Settings properties;
  for (const auto& [name, value] : values.with_prefix(prefix)) properties.emplace(name.substr(prefix.size()), value->text);
  properties.erase("oauth-command");
  return properties;
}

Selection selection(const Values& values) {
  Selection selected;
  if (values.is_set("ids")) selected.ids = parse_ids(values.text("ids"));
  if (values.is_set("since")) selected.since = parse_timestamp(values.text("since"));
  if (values.is_set("until")) selected.until = parse_timestamp(values.text("until"));
  if (values.is_set("key")) selected.key = values.text("key");
  if (values.is_set("topic")) selected.topic = values.text("topic");
  return selected;
}

Settings typed(Values values) {
  const auto url = values.is_set("source.url") ? db::parse_url(values.text("source.url")) : db::Url{};
  if (values.is_set("source.url")) check_source(values, url);
  check_kafka(values);
  check_order(values);
  check_dead_topic(values);
  check_poll(values);
  set_defaults_that_depend(values, url);

  Settings settings;
  settings.source = source(values, url);
  settings.outbox = outbox(values);
  settings.polling = polling(values);
  settings.message = message_shape(values);
  settings.poll = poll(values);
  settings.sweep_interval = duration(values, "sweep.interval");
  if (values.text("publish.max-rate") != "off") settings.max_rate = count(values, "publish.max-rate");
  settings.lease = {
      .enabled = values.text("lease.enabled") == "true", .name = values.text("lease.name"), .ttl = duration(values, "lease.ttl")};
  settings.kafka = kafka_properties(values);
  settings.oauth_command = values.text("kafka.oauth-command");
  settings.http_listen = parse_address(values.text("http.listen"));
  settings.log_format = choice<LogFormat>(values, "log.format");
  settings.log_level = choice<LogLevel>(values, "log.level");
  settings.shutdown_flush = duration(values, "shutdown.flush");
  if (values.is_set("max-seconds")) settings.max_seconds = std::chrono::seconds(count(values, "max-seconds"));
  if (values.is_set("max-rows")) settings.max_rows = count(values, "max-rows");
  settings.keep = duration(values, "keep");
  settings.selection = selection(values);
  settings.place = values.text("to");
  settings.dry_run = values.text("dry-run") == "true";
  settings.json = values.text("json") == "true";
  settings.print = values.text("print") == "true";
  settings.values = std::move(values);
  return settings;
}

bool contains(std::span<const Group> groups, Group group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

void refuse_foreign(const std::vector<Assignment>& command_line, std::span<const Group> groups) {
  for (const auto& [name, value] : command_line) {
    const auto* option = find_option(name);
    if (option == nullptr || is_setting(*option) || contains(groups, option->group)) continue;
    throw ConfigError(Layer::command_line,
                      "--" + name + " does not belong to this command; `outbox-relay help` says which command it belongs to");
  }
}

ConfigError missing(const Option& option) {
  const std::string name(option.name);
  return {Layer::fallback, name + " is not set; give --" + name + "=" + placeholder(option.type) + ", " + environment_name(name) +
                               " or " + name + " in the file that --config names"};
}

void require(const Values& values, std::span<const Group> groups) {
  for (const auto& option : options()) {
    const bool given = values.is_set(option.name) || values.is_set(std::string(option.name).append("-file"));
    if (option.required && contains(groups, option.group) && !given) throw missing(option);
  }
}

/// Adds where the property was set to what librdkafka says of it.
void check_properties(const Settings& settings) {
  try {
    kafka::check_settings(settings.kafka, settings.oauth_command.empty() ? kafka::Tokens::as_set : kafka::Tokens::command);
  } catch (const std::invalid_argument& error) {
    const std::string_view what(error.what());
    std::string_view name;
    Origin origin;
    for (const auto& [property, value] : settings.values.with_prefix("kafka.")) {
      if (!what.starts_with(property) || property.size() < name.size()) continue;
      name = property;
      origin = value->origin;
    }
    throw ConfigError(origin.layer, std::string(what) + (name.empty() ? "" : " (" + origin.text() + ")"));
  }
}

}  // namespace

Settings load(std::span<const std::string> arguments, const Environment& environment, std::span<const Group> heeded, Need need) {
  const auto command_line = read_command_line(arguments);
  refuse_foreign(command_line, heeded);
  const auto variables = read_environment(environment);

  Values outer;
  outer.take(variables);
  outer.take(command_line);
  Values values;
  if (const auto* file = outer.find("config"); file != nullptr && !file->text.empty())
    values.take(read_file(file->text, file->origin));
  values.take(variables);
  values.take(command_line);
  if (need == Need::required_options) require(values, heeded);
  if (need == Need::required_options && contains(heeded, Group::polling)) require_tables(values);
  auto settings = typed(std::move(values));
  if (need == Need::required_options && contains(heeded, Group::kafka)) check_properties(settings);
  return settings;
}

db::Target Source::target_now() const {
  auto now = target;
  now.password = credentials.password();
  return now;
}

}  // namespace relay::config
