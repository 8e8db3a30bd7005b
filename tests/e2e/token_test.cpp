// Against a listener of the broker that lets nobody in without a token (SASL OAUTHBEARER).
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

using namespace e2e;
using namespace std::chrono_literals;

namespace {

/// A command that prints an unsigned token of this life and notes that it was asked.
class TokenCommand {
 public:
  explicit TokenCommand(std::chrono::seconds life)
      : asked_(std::filesystem::temp_directory_path() / ("outbox-relay-token-" + std::to_string(::getpid()))) {
    std::ofstream(asked_).flush();
    text_ = "echo x >>" + asked_.string() + "; life=" + std::to_string(life.count()) + R"sh(
now=$(date +%s)
base64url() { base64 -w0 | tr -d = | tr /+ _-; }
printf '{"alg":"none"}' | base64url
printf .
printf '{"sub":"relay","iat":%d,"exp":%d}' $now $((now + life)) | base64url
printf .)sh";
  }
  ~TokenCommand() { std::filesystem::remove(asked_); }
  TokenCommand(const TokenCommand&) = delete;
  TokenCommand& operator=(const TokenCommand&) = delete;

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] long times_asked() const {
    std::ifstream file(asked_);
    return std::count(std::istreambuf_iterator<char>(file), {}, 'x');
  }

 private:
  std::filesystem::path asked_;
  std::string text_;
};

/// The same words, but for the listener that wants tokens.
std::vector<std::string> with_tokens(std::vector<std::string> words, const std::string& token_command) {
  const char* listener = std::getenv("OUTBOX_RELAY_TEST_KAFKA_TOKEN");
  if (listener == nullptr)
    throw std::runtime_error("OUTBOX_RELAY_TEST_KAFKA_TOKEN is not set: tests/support/servers.sh start kafka");
  words = at_kafka(std::move(words), listener);
  words.insert(words.end(), {"--kafka.security.protocol=sasl_plaintext", "--kafka.sasl.mechanism=OAUTHBEARER",
                             "--kafka.oauth-command=" + token_command});
  return words;
}

std::vector<std::string> with_tokens(const std::string& command, const Shop& shop, const std::string& token_command) {
  return with_tokens(relaying(command, shop), token_command);
}

/// The name of a new one.
std::string topic() {
  auto name = relay::kafka::tests::fresh_name("tokens");
  relay::kafka::tests::create_topic(kafka(), name, 1);
  return name;
}

}  // namespace

TEST_CASE("kafka.oauth-command lets the relay in, and is asked anew before a token expires") {
  Shop shop(servers().front(), false);
  const auto orders = topic();
  const TokenCommand command(3s);
  shop.insert(*shop.connect(), orders, "o-1", "first");
  RelayProcess relay(with_tokens("run", shop, command.text()));
  CHECK(eventually([&] { return shop.unsent() == 0; }));
  CHECK(eventually([&] { return command.times_asked() >= 2; }));
  shop.insert(*shop.connect(), orders, "o-1", "second");
  CHECK(eventually([&] { return shop.unsent() == 0; }));
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
}

TEST_CASE("a polled table's rows are sent however long a token takes") {
  PolledTable table(servers().front());
  const TokenCommand command(60s);
  table.put(1, "one");
  const auto drained = run(with_tokens(table.relaying("drain"), "sleep 3; " + command.text()));
  INFO(drained.output);
  CHECK(drained.code == 0);
  CHECK(messages(table.topic()) == std::vector<std::string>{"1=one"});
}

TEST_CASE("a cursor in a topic is saved and read with tokens, too") {
  PolledTable table(servers().front());
  const TokenCommand command(60s);
  const std::vector<std::string> state{"--table.state=kafka:" + topic()};
  table.put(1, "one");
  const auto drained = run(with_tokens(table.relaying("drain", state), command.text()));
  INFO(drained.output);
  REQUIRE(drained.code == 0);
  const auto shown = run(with_tokens(table.relaying("cursor show", state), command.text()));
  INFO(shown.output);
  CHECK(shown.code == 0);
  CHECK(shown.output.find("before the rows of") != std::string::npos);
}

TEST_CASE("without a token nothing is lost, and the command is named") {
  Shop shop(servers().front(), false);
  const auto orders = topic();
  shop.insert(*shop.connect(), orders, "o-1", "waits");
  RelayProcess relay(with_tokens("run", shop, "exit 3"));
  CHECK(eventually([&] { return relay.output().find("kafka.oauth-command failed with exit status 3") != std::string::npos; }));
  CHECK(shop.unsent() == 1);
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);

  const auto checked = run(with_tokens("check", shop, "exit 3"));
  CHECK(checked.code != 0);
  CHECK(checked.output.find("kafka.oauth-command failed with exit status 3") != std::string::npos);
}

TEST_CASE("SIGHUP has a relay of polled tables read its files with Kafka's secrets again") {
  PolledTable table(servers().front());
  const auto secret = std::filesystem::temp_directory_path() / ("outbox-relay-secret-" + std::to_string(::getpid()));
  std::ofstream(secret) << "of today";
  RelayProcess relay(table.relaying("run", {"--kafka.sasl.password-file=" + secret.string()}));
  const auto says = [&](const std::string& line) { return relay.output().find(line) != std::string::npos; };
  const auto sends = [&](int id) {
    table.put(id, "row");
    return eventually([&] {
      const auto sent = messages(table.topic());
      return !sent.empty() && sent.back() == std::to_string(id) + "=row";
    });
  };
  CHECK(sends(1));
  relay.signal(SIGHUP);
  CHECK(eventually([&] { return says("Kafka's clients were made anew"); }));
  CHECK(sends(2));
  std::filesystem::remove(secret);
  relay.signal(SIGHUP);
  CHECK(eventually([&] { return says("Kafka's clients stay as they are: kafka.sasl.password-file: cannot read"); }));
  CHECK(sends(3));
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
}

TEST_CASE("SIGHUP has a relay read its files with Kafka's secrets again, and go on as it was where one is gone") {
  Shop shop(servers().front(), false);
  const auto orders = topic();
  const auto secret = std::filesystem::temp_directory_path() / ("outbox-relay-secret-" + std::to_string(::getpid()));
  std::ofstream(secret) << "of today";
  RelayProcess relay(relaying("run", shop, {"--kafka.sasl.password-file=" + secret.string()}));
  const auto says = [&](const std::string& line) { return relay.output().find(line) != std::string::npos; };
  const auto sends = [&](const std::string& payload) {
    shop.insert(*shop.connect(), orders, "o-1", payload);
    return eventually([&] { return shop.unsent() == 0; });
  };
  CHECK(sends("first"));
  relay.signal(SIGHUP);
  CHECK(eventually([&] { return says("Kafka's clients were made anew"); }));
  CHECK(sends("second"));
  std::filesystem::remove(secret);
  relay.signal(SIGHUP);
  CHECK(eventually([&] { return says("Kafka's clients stay as they are: kafka.sasl.password-file: cannot read"); }));
  CHECK(sends("third"));
  relay.signal(SIGTERM);
  CHECK(relay.wait(20s) == 0);
}

TEST_CASE("check says whose token the command prints") {
  Shop shop(servers().front(), false);
  const TokenCommand command(60s);
  const auto checked = run(with_tokens("check", shop, command.text()));
  CHECK(checked.output.find("for relay") != std::string::npos);
}

TEST_CASE("kafka.oauth-command without the mechanism for it is refused") {
  Shop shop(servers().front(), false);
  const auto refused = run(relaying("run", shop, {"--kafka.oauth-command=true"}));
  CHECK(refused.code == 64);
  CHECK(refused.output.find("kafka.sasl.mechanism=OAUTHBEARER") != std::string::npos);
}
