#include "relay/kafka/settings.hpp"

#include "relay/kafka/conf.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "tests/support/catch.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

using relay::kafka::check_settings;
using relay::kafka::Settings;

/// What the user is told; empty when all is well.
std::string complaint(Settings settings) {
  settings.emplace("bootstrap.servers", "127.0.0.1:1");
  try {
    check_settings(settings);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class SecretFile {
 public:
  explicit SecretFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() / ("kafka-secret-" + std::to_string(std::hash<std::string>{}(content)))) {
    std::ofstream{path_, std::ios::binary} << content;
  }
  ~SecretFile() { std::filesystem::remove(path_); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  SecretFile(SecretFile&&) = delete;
  SecretFile& operator=(SecretFile&&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::string password_from(const std::string& file_content) {
  const SecretFile file{file_content};
  const auto conf = relay::kafka::producer_conf({{"bootstrap.servers", "x:1"}, {"sasl.password-file", file.path()}});
  return relay::kafka::property(conf.get(), "sasl.password");
}

}  // namespace

TEST_CASE("a producer's defaults keep the relay's promises") {
  const auto conf = relay::kafka::producer_conf({{"bootstrap.servers", "127.0.0.1:1"}});
  const auto value = [&](const char* name) { return relay::kafka::property(conf.get(), name); };
  CHECK((value("acks") == "-1" || value("acks") == "all"));
  CHECK(value("enable.idempotence") == "true");
  CHECK(value("enable.gapless.guarantee") == "true");
  CHECK(value("max.in.flight.requests.per.connection") == "1");
  CHECK(value("message.timeout.ms") == "0");
  CHECK(value("partitioner") == "murmur2_random");
  CHECK(value("linger.ms") == "5");
  CHECK(value("compression.codec") == "lz4");
  CHECK(value("allow.auto.create.topics") == "false");
}

TEST_CASE("what the user sets wins over the defaults") {
  const auto conf = relay::kafka::producer_conf({{"bootstrap.servers", "x:1"}, {"linger.ms", "50"}, {"compression.codec", "zstd"}});
  CHECK(relay::kafka::property(conf.get(), "linger.ms") == "50");
  CHECK(relay::kafka::property(conf.get(), "compression.codec") == "zstd");
}

TEST_CASE("a setting that would break a promise is refused by its name, its value and the reason") {
  const std::vector<std::pair<const char*, const char*>> breaking = {
      {"acks", "1"},
      {"acks", "0"},
      {"request.required.acks", "1"},
      {"enable.idempotence", "false"},
      {"enable.gapless.guarantee", "false"},
      {"message.timeout.ms", "300000"},
      {"delivery.timeout.ms", "1000"},
      {"max.in.flight", "2"},
      {"max.in.flight.requests.per.connection", "1000000"},
      {"queuing.strategy", "lifo"},
      {"partitioner", "random"},
      {"delivery.report.only.error", "true"},
      {"transactional.id", "mine"},
      {"enabled_events", "1"},
      {"log.queue", "true"},
  };
  for (const auto& [name, value] : breaking) {
    const std::string text = complaint({{name, value}});
    INFO(name << '=' << value << " -> " << text);
    CHECK(says(text, "kafka." + std::string{name} + "=" + value + " is refused: "));
    CHECK_FALSE(says(text, "\n"));
  }
}

TEST_CASE("a setting that says what is so anyway is accepted in any spelling") {
  CHECK(complaint({{"acks", "all"}}).empty());
  CHECK(complaint({{"acks", "-1"}}).empty());
  CHECK(complaint({{"enable.idempotence", "true"}}).empty());
  CHECK(complaint({{"message.timeout.ms", "0"}}).empty());
  CHECK(complaint({{"max.in.flight", "1"}}).empty());
  CHECK(complaint({{"partitioner", "consistent_random"}}).empty());
  CHECK(complaint({{"allow.auto.create.topics", "true"}}).empty());
}

TEST_CASE("an unknown property and a bad value are named with their option") {
  CHECK(says(complaint({{"lingr.ms", "5"}}), "kafka.lingr.ms: No such configuration property"));
  CHECK(says(complaint({{"linger.ms", "soon"}}), "kafka.linger.ms=soon: "));
  CHECK(says(complaint({{"compression.codec", "rar"}}), "kafka.compression.codec=rar: "));
}

TEST_CASE("the line that a Java client would want is refused, and the password in it not shown") {
  const auto text = complaint({{"sasl.jaas.config", "PlainLoginModule required username=\"a\" password=\"hunter2\";"}});
  CHECK(says(text, "kafka.sasl.jaas.config"));
  CHECK_FALSE(says(text, "hunter2"));
}

TEST_CASE("a queue that is smaller than a message may be is refused") {
  const auto text = complaint({{"queue.buffering.max.kbytes", "900"}});
  CHECK(says(text, "kafka.queue.buffering.max.kbytes=900"));
  CHECK(says(text, "kafka.message.max.bytes=1000000"));
  CHECK(complaint({{"queue.buffering.max.kbytes", "977"}}).empty());
}

TEST_CASE("missing brokers are asked for by the option's name") {
  CHECK_THROWS_AS(check_settings({}), std::invalid_argument);
  try {
    check_settings({});
  } catch (const std::invalid_argument& error) {
    CHECK(says(error.what(), "kafka.bootstrap.servers"));
  }
  CHECK_NOTHROW(check_settings({{"metadata.broker.list", "x:1"}}));
}

TEST_CASE("a secret is read from a file without the line ends that editors add") {
  CHECK(password_from("pass word") == "pass word");
  CHECK(password_from("pass\n") == "pass");
  CHECK(password_from("pass\r\n") == "pass");
  CHECK(password_from("pass\n\n") == "pass");
  CHECK(password_from("pass ") == "pass ");
}

TEST_CASE("a file with a secret that cannot be read is named, and so is a secret that is given twice") {
  const std::string unreadable = complaint({{"sasl.password-file", "/nowhere/at/all"}});
  CHECK(says(unreadable, "kafka.sasl.password-file"));
  CHECK(says(unreadable, "/nowhere/at/all"));
  const std::string twice = complaint({{"sasl.password", "x"}, {"sasl.password-file", "/nowhere"}});
  CHECK(says(twice, "kafka.sasl.password and kafka.sasl.password-file"));
  CHECK(says(complaint({{"sasl.password-file", "/tmp"}}), "kafka.sasl.password-file"));
  CHECK(says(complaint({{"sasl.pasword-file", SecretFile{"x"}.path()}}), "kafka.sasl.pasword: No such"));
}

TEST_CASE("secrets are known by their names, paths to them are none") {
  for (const char* name : {"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
                           "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "sasl.jaas.config",
                           "sasl.oauthbearer.assertion.private.key.passphrase", "sasl.oauthbearer.assertion.private.key.pem"}) {
    INFO(name);
    CHECK(relay::kafka::is_secret(name));
  }
  for (const char* name : {"sasl.username", "bootstrap.servers", "ssl.ca.location", "ssl.certificate.pem", "sasl.password-file"}) {
    INFO(name);
    CHECK_FALSE(relay::kafka::is_secret(name));
  }
}

TEST_CASE("properties that contradict each other are refused before anything is sent") {
  CHECK_THROWS_AS(
      relay::kafka::make_producer({{"bootstrap.servers", "x:1"}, {"security.protocol", "ssl"}, {"ssl.ca.location", "/nowhere"}}),
      std::invalid_argument);
}
