#include "tests/cli/running.hpp"

using namespace relay::cli;
namespace config = relay::config;

namespace {

struct Line {
  std::string option;
  std::string value;
  std::string origin;
};

/// The columns begin where the headings do.
std::vector<Line> table_of(const std::string& text) {
  std::istringstream lines(text);
  std::string heading;
  std::getline(lines, heading);
  const auto value = heading.find("value");
  const auto origin = heading.find("origin");
  const auto trimmed = [](const std::string& cell) { return cell.substr(0, cell.find_last_not_of(' ') + 1); };
  std::vector<Line> table;
  for (std::string line; std::getline(lines, line);) {
    table.push_back({trimmed(line.substr(0, value)), trimmed(line.substr(value, origin - value)), line.substr(origin)});
  }
  return table;
}

}  // namespace

TEST_CASE("what print-config prints gives the same configuration again") {
  const Folder folder;
  const auto file = folder.write("relay.ini",
                                 "[source]\nurl = mysql://app@db.example:3307/shop\npassword-file = /run/secrets/a b\n"
                                 "[outbox.columns]\nid = event_id\n[kafka]\nbootstrap.servers = a:1,b:2\n");
  const auto first =
      run_words({"print-config", "--config=" + file, "--http.listen=", "--outbox.dispose=mark", "--message.topic=shop.{kind}"},
                {{"OUTBOX_RELAY_POLL_BATCH_BYTES", "1024KiB"}, {"OUTBOX_RELAY_KAFKA_LINGER_MS", "7"}});
  REQUIRE(first.code == ok);

  std::vector<std::string> words{"print-config"};
  const auto table = table_of(first.out);
  for (const auto& [option, value, origin] : table) {
    if (value != "-") words.push_back("--" + option + "=" + (value == "\"\"" ? "" : value));
  }
  const auto again = run_words(words);
  INFO(again.err);
  REQUIRE(again.code == ok);
  const auto table_again = table_of(again.out);
  REQUIRE(table_again.size() == table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    INFO(table[i].option);
    CHECK(table_again[i].option == table[i].option);
    CHECK(table_again[i].value == table[i].value);
  }
}

TEST_CASE("print-config says of every setting its value and where it came from") {
  const auto ran = run_words({"print-config", "--poll.interval=2s"}, {{"OUTBOX_RELAY_LOG_LEVEL", "debug"}});
  const auto table = table_of(ran.out);
  const auto line_of = [&](std::string_view option) {
    for (const auto& line : table) {
      if (line.option == option) return line.value + " | " + line.origin;
    }
    return std::string("absent");
  };
  CHECK(line_of("poll.interval") == "2s | command line");
  CHECK(line_of("log.level") == "debug | environment OUTBOX_RELAY_LOG_LEVEL");
  CHECK(line_of("outbox.table") == "outbox | default");
  for (const auto& option : config::options()) {
    if (option.name == "kafka.*" || !config::is_setting(option)) continue;
    INFO(option.name);
    CHECK(line_of(option.name) != "absent");
  }
}

TEST_CASE("print-config prints no secret, whatever way it came in") {
  const Folder folder;
  const auto file = folder.write("relay.ini", "[kafka]\nssl.key.password = hunter2\nsasl.oauthbearer.client.secret = hunter2\n");
  const auto ran = run_words(
      {"print-config", "--config=" + file, "--source.url=postgresql://app:hunter2@h/d", "--kafka.sasl.password=hunter2"},
      {{"OUTBOX_RELAY_KAFKA_SSL_KEY_PEM", "-----BEGIN\nhunter2\n"}, {"OUTBOX_RELAY_KAFKA_SASL_JAAS_CONFIG", "x hunter2"}});
  CHECK(ran.code == ok);
  CHECK_FALSE(has(ran.out + ran.err, "hunter2"));
  CHECK(has(ran.out, "postgresql://app:***@h/d"));
  for (const auto* secret :
       {"--source.password=hunter2", "--source.password-command=echo hunter2", "--kafka.oauth-command=echo hunter2"}) {
    const auto other = run_words({"print-config", "--source.url=postgresql://h/d", secret});
    CHECK(other.code == ok);
    CHECK_FALSE(has(other.out, "hunter2"));
  }
}
