// From a connector's properties to the relay's options and back: each of them was taken by the real EventRouter when its capture
// was made.
#include "tests/architecture/shell.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/goldens/golden.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

namespace {

using Properties = std::map<std::string, std::string>;

bool says_what_is_sent(const std::string& property) {
  return property.starts_with("transforms.outbox.") || property.find("converter") != std::string::npos;
}

/// To the relay one thing: a payload's text, or its octets where the column is binary.
std::string plain(const std::string& value) {
  if (value == "org.apache.kafka.connect.converters.ByteArrayConverter" || value == "io.debezium.converters.BinaryDataConverter") {
    return "org.apache.kafka.connect.storage.StringConverter";
  }
  return value;
}

Properties properties_of_json(const std::string& json) {
  Properties properties;
  const auto connector = nlohmann::json::parse(json);
  for (const auto& [name, value] : connector.items()) {
    if (says_what_is_sent(name)) properties[name] = plain(value.get<std::string>());
  }
  return properties;
}

Properties properties_of_lines(const std::string& text) {
  Properties properties;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const auto name = line.substr(0, line.find('='));
    if (!line.starts_with('#') && says_what_is_sent(name)) properties[name] = line.substr(name.size() + 1);
  }
  return properties;
}

}  // namespace

TEST_CASE("a connector's properties become the relay's options, and these the same properties") {
  static const auto files = goldens::golden_files();
  REQUIRE(files.size() > 100);
  for (const auto& file : files) {
    const auto golden = goldens::read_golden(file);
    INFO(golden.name);
    const architecture::TemporaryFolder folder;
    const auto connector = folder.write("connector.json", golden.properties);
    const auto options = e2e::run({"print-config", "--from-debezium=" + connector});
    INFO(options.output);
    REQUIRE(options.code == 0);
    const auto url = golden.is_mysql() ? "mysql://app@db.example/shop" : "postgresql://app@db.example/shop";
    const auto back = e2e::run({"print-config", "--config=" + folder.write("relay.ini", options.output), "--as=debezium",
                                "--source.url=" + std::string(url)});
    INFO(back.output);
    CHECK(back.code == 0);
    CHECK(properties_of_lines(back.output) == properties_of_json(golden.properties));
  }
}

TEST_CASE("what Debezium has no equivalent for is named, and not left out silently") {
  const auto ran = e2e::run({"print-config", "--as=debezium", "--source.url=postgresql://app:hunter2@db.example:5433/shop",
                             "--outbox.preset=debezium", "--outbox.dispose=mark", "--message.headers=id,event_type",
                             "--message.topic={aggregate_type}.{event_type}"});
  INFO(ran.output);
  CHECK(ran.code == 0);
  for (const auto* option :
       {"outbox.dispose = mark", "message.headers = id,event_type", "message.topic = {aggregate_type}.{event_type}"}) {
    INFO(option);
    CHECK(ran.output.find("# no equivalent: " + std::string(option)) != std::string::npos);
  }
  CHECK(ran.output.find("database.port=5433\n") != std::string::npos);
  CHECK(ran.output.find("hunter2") == std::string::npos);
  CHECK(ran.output.find("ByteArrayConverter") != std::string::npos);
}
