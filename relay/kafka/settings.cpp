#include "relay/kafka/settings.hpp"

#include "relay/kafka/conf.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <fstream>
#include <span>
#include <stdexcept>

namespace relay::kafka {

namespace {

constexpr std::string_view file_suffix = "-file";

/// A property whose other values would break what the relay promises (guarantees.md).
struct Promise {
  const char* property;
  std::span<const std::string_view> allowed;
  const char* reason;
};

constexpr std::array<std::string_view, 2> all_replicas{"-1", "all"};
constexpr std::array<std::string_view, 1> yes{"true"};
constexpr std::array<std::string_view, 1> no{"false"};
constexpr std::array<std::string_view, 1> never{"0"};
constexpr std::array<std::string_view, 1> unset{""};
constexpr std::array<std::string_view, 1> first_in_first_out{"fifo"};
constexpr std::array<std::string_view, 1> one{"1"};
constexpr std::array<std::string_view, 6> by_key{"consistent", "consistent_random", "murmur2", "murmur2_random",
                                                 "fnv1a",      "fnv1a_random"};

constexpr std::array promises{
    Promise{"acks", all_replicas, "a row would be deleted before every in-sync replica has its message; allowed is all"},
    Promise{"enable.idempotence", yes, "a retry could put messages of one key out of order or twice; allowed is true"},
    Promise{"enable.gapless.guarantee", yes, "later messages of a key could overtake one that failed; allowed is true"},
    Promise{"message.timeout.ms", never, "an outage of Kafka would turn into rows that failed; allowed is 0 (wait)"},
    Promise{"max.in.flight.requests.per.connection", one, "a row that is to be sent again would count as sent; allowed is 1"},
    Promise{"queuing.strategy", first_in_first_out, "messages of one key would lose their order; allowed is fifo"},
    Promise{"partitioner", by_key, "messages of one key must go to one partition; allowed is any partitioner but random"},
    Promise{"delivery.report.only.error", no, "the relay would never learn what Kafka has; allowed is false"},
    Promise{"transactional.id", unset, "the relay delivers at least once, without transactions; leave it out"},
    Promise{"enabled_events", never, "the relay would never learn what Kafka has; leave it out"},
    Promise{"log.queue", no, "librdkafka's log lines would pile up unread; leave it out"},
};

std::string one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string named(const std::string& name, const std::string& value) {
  return "kafka." + name + "=" + (is_secret(name) ? "***" : value);
}

void keep_promises(const rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  for (const Promise& promise : promises) {
    if (std::ranges::find(promise.allowed, property(conf, promise.property)) == promise.allowed.end()) {
      throw std::invalid_argument(named(name, value) + " is refused: " + promise.reason);
    }
  }
}

std::string read_secret(const std::string& option, const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::string text;
  std::getline(file, text, '\0');
  if (!file.is_open() || file.bad()) {
    throw std::invalid_argument("kafka." + option + ": cannot read \"" + path + "\"; name a file that this user may read");
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string twice(const std::string& name) {
  return "kafka." + name + " and kafka." + name + std::string{file_suffix} + " contradict each other: keep one of them";
}

std::string_view cure_of(std::string_view property) {
  if (property.empty()) return "; set or correct the kafka.* options that it is about";
  if (property.ends_with(".location")) return "; is the file there, of the right format, and may this user read it?";
  if (property.ends_with(".pem")) return "; it wants the text of a PEM file, with its line ends";
  return "; correct it, or what it needs besides";
}

/// Of what the user set, the property that librdkafka's reason names; it names none where it complains of the mechanism.
std::string about_culprit(const Settings& user, const std::string& reason) {
  std::string_view culprit;
  std::string shown = "kafka.*";
  for (const auto& [name, value] : user) {
    const std::string_view property =
        std::string_view{name}.substr(0, name.size() - (name.ends_with(file_suffix) ? file_suffix.size() : 0));
    const bool mechanism = property.starts_with("sasl.mechanism") && reason.find("SASL mechanism") != std::string::npos;
    const bool meant = mechanism || (property.find('.') != std::string_view::npos && reason.find(property) != std::string::npos);
    if (!meant || property.size() <= culprit.size()) continue;
    culprit = property;
    shown = named(name, value);
  }
  return shown + ": " + reason + std::string{cure_of(culprit)};
}

/// Certificates, keys and mechanisms are looked at when a client is made, and not before. This one knows no broker; nor does it
/// ask for a token, for which it would have to wait.
void try_client(const Settings& user, Conf conf) {
  set_property(conf.get(), "bootstrap.servers", "");
  set_property(conf.get(), "test.mock.num.brokers", "0");
  const auto protocol = property(conf.get(), "security.protocol");
  if (protocol.starts_with("sasl_") && property(conf.get(), "sasl.mechanisms") == "OAUTHBEARER") {
    set_property(conf.get(), "security.protocol", protocol.substr(protocol.find('_') + 1));
  }
  rd_kafka_conf_set_log_cb(conf.get(), nullptr);  // the reason says it
  std::array<char, 512> reason{};
  const Client client{rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), reason.data(), reason.size())};
  if (!client) throw std::invalid_argument(about_culprit(user, one_line(reason.data())));
  (void)conf.release();  // rd_kafka_new has taken it
}

void require_bearer(const rd_kafka_conf_t* conf) {
  const bool sasl = property(conf, "security.protocol").starts_with("sasl_");
  if (sasl && property(conf, "sasl.mechanisms") == "OAUTHBEARER" && property(conf, "sasl.oauthbearer.method") != "oidc") return;
  throw std::invalid_argument(
      "kafka.oauth-command is for tokens: set kafka.security.protocol=sasl_ssl and kafka.sasl.mechanism=OAUTHBEARER, "
      "and leave kafka.sasl.oauthbearer.method out");
}

}  // namespace

Settings default_settings() {
  return {
      {"acks", "all"},
      {"allow.auto.create.topics", "false"},
      {"client.id", "outbox-relay"},
      {"compression.codec", "lz4"},
      {"enable.gapless.guarantee", "true"},
      {"enable.idempotence", "true"},
      {"linger.ms", "5"},
      // A broker that knows nothing yet of a producer takes its second request though it put off the first, and librdkafka
      // takes that for both. Brokers answer the requests of a connection one after the other anyway.
      {"max.in.flight.requests.per.connection", "1"},
      {"message.timeout.ms", "0"},
      {"partitioner", "murmur2_random"},
      {"reconnect.backoff.max.ms", "1000"},  // as Java's clients: a broker that is back is found at once, not after ten seconds
      {"statistics.interval.ms", "10000"},
      {"queue.buffering.max.messages", "0"},  // no limit here: the relay's pipeline has its own, in rows and in bytes
  };
}

Settings one_by_one(Settings user) {
  user["batch.num.messages"] = "1";
  user["linger.ms"] = "0";
  return user;
}

// A Java client's JAAS line holds a password, too, and is set here by mistake.
bool is_secret(std::string_view property) noexcept {
  if (property.ends_with(file_suffix)) return false;
  constexpr std::array<std::string_view, 6> marks{"password", "secret", "passphrase", "key.pem", "oauthbearer.config", "jaas"};
  return std::ranges::any_of(marks, [&](std::string_view mark) { return property.find(mark) != std::string_view::npos; });
}

bool is_known(const std::string& property) {
  const Conf conf{rd_kafka_conf_new()};
  return rd_kafka_conf_set(conf.get(), property.c_str(), "", nullptr, 0) != RD_KAFKA_CONF_UNKNOWN;
}

void check_settings(const Settings& user, Tokens tokens) {
  Conf conf = producer_conf(user);
  if (tokens == Tokens::command) require_bearer(conf.get());
  try_client(user, std::move(conf));
}

Settings with_files_read(const Settings& user) {
  Settings read;
  for (const auto& [name, value] : user) {
    if (!name.ends_with(file_suffix)) {
      read.emplace(name, value);
      continue;
    }
    const std::string target = name.substr(0, name.size() - file_suffix.size());
    if (user.contains(target)) throw std::invalid_argument(twice(target));
    read.emplace(target, read_secret(name, value));
  }
  return read;
}

void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, 512> reason{};
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size());
  if (result == RD_KAFKA_CONF_OK) return;
  const bool unknown = result == RD_KAFKA_CONF_UNKNOWN;
  throw std::invalid_argument((unknown ? "kafka." + name : named(name, value)) + ": " + one_line(reason.data()) +
                              (unknown ? " in librdkafka " + std::string{rd_kafka_version_str()} : ""));
}

std::string property(const rd_kafka_conf_t* conf, const std::string& name) {
  std::size_t size = 0;
  if (rd_kafka_conf_get(conf, name.c_str(), nullptr, &size) != RD_KAFKA_CONF_OK || size == 0) return {};
  std::string value(size, '\0');  // size counts the NUL at the end
  rd_kafka_conf_get(conf, name.c_str(), value.data(), &size);
  value.resize(value.find('\0') == std::string::npos ? value.size() : value.find('\0'));
  return value;
}

namespace {

/// A message that librdkafka's queue never holds would wait for ever.
void require_room(const rd_kafka_conf_t* conf) {
  const auto kilobytes = property(conf, "queue.buffering.max.kbytes");
  const auto bytes = property(conf, "message.max.bytes");
  if (std::stoull(kilobytes) * 1024 >= std::stoull(bytes)) return;
  throw std::invalid_argument("kafka.queue.buffering.max.kbytes=" + kilobytes +
                              " holds no message of kafka.message.max.bytes=" + bytes + ": raise the one, or lower the other");
}

}  // namespace

// Each setting is looked at when it is made: whatever its spelling (an alias, `t` for `true`), the culprit is named.
Conf producer_conf(const Settings& user) {
  Conf conf{rd_kafka_conf_new()};
  for (const auto& [name, value] : default_settings()) set_property(conf.get(), name, value);
  for (const auto& [name, value] : with_files_read(user)) {
    set_property(conf.get(), name, value);
    keep_promises(conf.get(), name, value);
  }
  require_room(conf.get());
  const std::string mock_brokers = property(conf.get(), "test.mock.num.brokers");
  if (property(conf.get(), "bootstrap.servers").empty() && (mock_brokers.empty() || mock_brokers == "0")) {
    throw std::invalid_argument("kafka.bootstrap.servers is missing: set it to host:port of one or more brokers");
  }
  return conf;
}

Client make_client(rd_kafka_type_t type, Conf conf) {
  std::array<char, 512> reason{};
  Client client{rd_kafka_new(type, conf.get(), reason.data(), reason.size())};
  if (!client) throw std::invalid_argument("kafka.*: " + one_line(reason.data()));
  (void)conf.release();  // rd_kafka_new has taken it
  const Error unless_tokens_are_used{rd_kafka_sasl_background_callbacks_enable(client.get())};
  return client;
}

// On a thread of its own: getting a token may take seconds, and the loop must not wait for it.
void use_tokens(rd_kafka_conf_t* conf, void (*refresh)(rd_kafka_t*, const char*, void*)) {
  require_bearer(conf);
  rd_kafka_conf_enable_sasl_queue(conf, 1);
  rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf, refresh);
}

void refresh_token(rd_kafka_t* client, const TokenSource& tokens) noexcept {
  try {
    const auto token = tokens();
    const auto expires = std::chrono::duration_cast<std::chrono::milliseconds>(token.expires_at.time_since_epoch());
    std::array<char, 512> reason{};
    const auto error = rd_kafka_oauthbearer_set_token(client, token.value.c_str(), expires.count(), token.principal.c_str(),
                                                      nullptr, 0, reason.data(), reason.size());
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_oauthbearer_set_token_failure(client, reason.data());
  } catch (const std::exception& error) {
    rd_kafka_oauthbearer_set_token_failure(client, error.what());
  }
}

}  // namespace relay::kafka
