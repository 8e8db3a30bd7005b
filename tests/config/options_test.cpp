#include "relay/config/options.hpp"

#include "relay/config/help.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <set>
#include <string>

using namespace relay::config;

TEST_CASE("every option has a name of its own, a variable of its own and a meaning") {
  std::set<std::string> names;
  std::set<std::string> variables;
  for (const auto& option : options()) {
    INFO(option.name);
    CHECK(names.insert(std::string(option.name)).second);
    CHECK(variables.insert(environment_name(option.name)).second);
    CHECK_FALSE(option.meaning.empty());
  }
}

TEST_CASE("every default is a value that its option allows") {
  for (const auto& option : options()) {
    if (option.fallback.empty()) continue;
    INFO(option.name);
    CHECK_FALSE(complaint(option.type, option.fallback).has_value());
  }
}

TEST_CASE("help shows each option of the groups, and no other, once") {
  for (const auto& option : options()) {
    const std::array group{option.group};
    const auto text = describe_options(group);
    for (const auto& other : options()) {
      INFO(option.name << " in the help of the group of " << other.name);
      const auto line = "  --" + std::string(other.name) + (placeholder(other.type).empty() ? "" : " " + placeholder(other.type));
      const auto at = text.find(line + "\n") != std::string::npos ? text.find(line + "\n") : text.find(line + " ");
      CHECK((at != std::string::npos) == (other.group == option.group));
    }
  }
}

TEST_CASE("a name that is nearly right finds the right one") {
  CHECK(nearest_name("source.ulr") == "source.url");
  CHECK(nearest_name("outbox.tabel") == "outbox.table");
  CHECK(nearest_name("poll.batchrows") == "poll.batch-rows");
  CHECK(nearest_name("table") == "outbox.table");
  CHECK(nearest_name("bootstrap.servers") == "kafka.bootstrap.servers");
  for (const auto* other : {"something.else.entirely", "foo", "ab", "x"}) {
    INFO(other);
    CHECK(nearest_name(other).empty());
  }
}

TEST_CASE("what is secret is not shown, what only names a secret's place is") {
  CHECK(shown("source.password", "hunter2") == "***");
  CHECK(shown("source.password-command", "echo hunter2") == "***");
  CHECK(shown("source.password-file", "/run/secret") == "/run/secret");
  CHECK(shown("source.url", "mysql://u:hunter2@h/d") == "mysql://u:***@h/d");
  CHECK(shown("source.url", "soci:odbc:DSN=x;PWD=hunter2") == "soci:odbc:DSN=x;PWD=***");
  for (const auto* name : {"kafka.sasl.password", "kafka.ssl.key.password", "kafka.ssl.keystore.password", "kafka.ssl.key.pem",
                           "kafka.sasl.oauthbearer.client.secret", "kafka.sasl.oauthbearer.config", "kafka.sasl.jaas.config"}) {
    INFO(name);
    CHECK(shown(name, "hunter2") == "***");
    CHECK(shown(std::string(name) + "-file", "/run/secret") == "/run/secret");
  }
  CHECK(shown("kafka.bootstrap.servers", "b:9092") == "b:9092");
  CHECK(shown("kafka.ssl.key.location", "/etc/key.pem") == "/etc/key.pem");
  CHECK(shown("kafka.message.timeout.ms", "5000") == "5000");  // a topic's property
  CHECK(shown("kafka.sasl.passwrd", "hunter2") == "***");
}
