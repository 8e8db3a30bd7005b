#include "tests/config/loading.hpp"

using namespace relay::config;

TEST_CASE("the command line wins over the environment, the environment over the file, the file over the default") {
  const TemporaryFile file("[poll]\ninterval = 3s\nbatch-rows = 3\nbatch-bytes = 3MiB\n");
  const auto settings =
      load_lenient({"--config", file.path(), "--poll.interval=5s"},
                   {{"OUTBOX_RELAY_POLL_INTERVAL", "4s"}, {"OUTBOX_RELAY_POLL_BATCH_ROWS", "4"}, {"UNRELATED", "x"}});
  CHECK(settings.poll.interval == std::chrono::seconds(5));
  CHECK(settings.poll.batch_rows == 4);
  CHECK(settings.poll.batch_bytes == 3 << 20);
  CHECK(settings.poll.min_interval == std::chrono::milliseconds(2));
  CHECK(settings.values.find("poll.interval")->origin.text() == "command line");
  CHECK(settings.values.find("poll.batch-rows")->origin.text() == "environment OUTBOX_RELAY_POLL_BATCH_ROWS");
  CHECK(settings.values.find("poll.batch-bytes")->origin.text() == "file " + file.path());
  CHECK(settings.values.find("poll.min-interval")->origin.text() == "default");
}

TEST_CASE("the environment may name the file, and the command line another one") {
  const TemporaryFile one("poll.interval = 3s\n");
  const TemporaryFile other("poll.interval = 4s\n");
  CHECK(load_lenient({}, {{"OUTBOX_RELAY_CONFIG", one.path()}}).poll.interval == std::chrono::seconds(3));
  CHECK(load_lenient({"--config=" + other.path()}, {{"OUTBOX_RELAY_CONFIG", one.path()}}).poll.interval == std::chrono::seconds(4));
}

TEST_CASE("an option may be written with = or as two words, and empty switches it off") {
  CHECK(load_lenient({"--outbox.table", "shop.outbox"}).outbox.table == "shop.outbox");
  CHECK(load_lenient({"--outbox.table=shop.outbox"}).outbox.table == "shop.outbox");
  CHECK_FALSE(load_lenient({"--http.listen="}).http_listen.has_value());
  CHECK(load_lenient({"--poll.wake-channel", ""}).poll.wake_channel.empty());
  CHECK(load_lenient({}, {{"OUTBOX_RELAY_MESSAGE_HEADERS", ""}}).message.headers.empty());
  const TemporaryFile file("[http]\nlisten =\n");
  CHECK_FALSE(load_lenient({"--config=" + file.path()}).http_listen.has_value());
  CHECK(load_lenient({"--json"}).json);
  CHECK_FALSE(load_lenient({"--json=false"}).json);
}

TEST_CASE("every librdkafka property passes through by its own name from each place") {
  const TemporaryFile file("[kafka]\nbootstrap.servers = b:9092\n[message]\nkey = k\n");
  const auto settings = load_lenient({"--config=" + file.path(), "--kafka.linger.ms=5", "--kafka.acks", "all"},
                                     {{"OUTBOX_RELAY_KAFKA_COMPRESSION_CODEC", "zstd"},
                                      {"OUTBOX_RELAY_KAFKA_SASL_PASSWORD_FILE", "/run/p"},
                                      {"OUTBOX_RELAY_KAFKA_SASL_OAUTHBEARER_ASSERTION_PRIVATE_KEY_FILE", "/run/k"}});
  CHECK(settings.kafka == relay::kafka::Settings{{"bootstrap.servers", "b:9092"},
                                                 {"linger.ms", "5"},
                                                 {"acks", "all"},
                                                 {"compression.codec", "zstd"},
                                                 {"sasl.password-file", "/run/p"},
                                                 {"sasl.oauthbearer.assertion.private.key.file", "/run/k"}});
}

TEST_CASE("a # inside a value belongs to the value, after a blank it begins a comment") {
  const TemporaryFile file("# first\n[source]\nurl = postgresql://h/d # where\npassword = a#b\r\n\n  # last\n");
  const auto settings = load_lenient({"--config=" + file.path()});
  CHECK(settings.source.credentials.password() == "a#b");
  CHECK(settings.source.target.database == "d");
}

TEST_CASE("variables that others set are no options") {
  CHECK_NOTHROW(load_lenient({}, {{"OUTBOX_RELAY_TEST_POSTGRES", "x"},
                                  {"OUTBOX_RELAY_CACHE", "x"},
                                  {"OUTBOX_RELAY_SERVICE_HOST", "10.0.0.1"},
                                  {"OUTBOX_RELAY_ORDERS_SERVICE_HOST", "10.0.0.1"},
                                  {"OUTBOX_RELAY_ORDERS_SERVICE_PORT_METRICS", "9464"},
                                  {"OUTBOX_RELAY_KAFKA_PORT", "tcp://10.0.0.1:9464"},
                                  {"OUTBOX_RELAY_KAFKA_PORT_9092_TCP_ADDR", "10.0.0.1"},
                                  {"OUTBOX_RELAY_SERVICE_PORT", "9464"},
                                  {"OUTBOX_RELAY_PORT", "tcp://10.0.0.1:9464"},
                                  {"OUTBOX_RELAY_PORT_9464_TCP", "tcp://10.0.0.1:9464"}}));
}

namespace {

/// A value of each kind that is not the default.
std::string another_value(const Option& option) {
  if (const auto* choice = std::get_if<Choice>(&option.type)) return std::string(choice->words.back());
  if (std::holds_alternative<Duration>(option.type)) return option.name == "poll.min-interval" ? "7ms" : "7s";
  if (std::holds_alternative<Size>(option.type)) return "1MiB";
  if (std::holds_alternative<Count>(option.type) || std::holds_alternative<Limit>(option.type)) return "7";
  if (std::holds_alternative<Ids>(option.type)) return "7-17";
  if (std::holds_alternative<Time>(option.type)) return "2026-01-02T03:04:05Z";
  if (std::holds_alternative<Flag>(option.type)) return "true";
  if (std::holds_alternative<Listen>(option.type)) return "[::1]:7";
  if (std::holds_alternative<Brokers>(option.type)) return "kafka-1:9092,kafka-2:9092";
  if (std::holds_alternative<Placements>(option.type)) return "shard:partition,total:header:amount";
  if (std::holds_alternative<DatabaseUrl>(option.type)) return "postgresql://app@db.example/shop";
  return "some name#with = signs";
}

bool can_stand_alone(const Option& option) {
  return option.name != "config" && option.name != "kafka.*" && !option.name.starts_with("source.tls") &&
         !option.name.starts_with("source.password") && option.name != "source.user";
}

}  // namespace

TEST_CASE("any option set in a file, in the environment or on the command line gives the same value") {
  for (const auto& option : options()) {
    if (!can_stand_alone(option)) continue;
    const std::string name(option.name);
    const auto value = another_value(option);
    INFO(name);
    const TemporaryFile flat(name + " = " + value + "\n");
    const auto dot = name.rfind('.');
    const TemporaryFile sectioned(
        dot == std::string::npos ? name + "=" + value : "[" + name.substr(0, dot) + "]\n" + name.substr(dot + 1) + "=" + value);
    CHECK(load_lenient({"--config=" + flat.path()}).values.text(name) == value);
    CHECK(load_lenient({"--config=" + sectioned.path()}).values.text(name) == value);
    CHECK(load_lenient({}, {{environment_name(name), value}}).values.text(name) == value);
    CHECK(load_lenient({"--" + name + "=" + value}).values.text(name) == value);
  }
}
