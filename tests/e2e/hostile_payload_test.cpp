// Payloads made to harm whoever parses them, through every format that does. Each is sent or parked, its neighbours arrive, and
// the relay ends as it always does.
#include "relay/kafka/consumer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"

#include <map>
#include <set>
#include <sstream>

using namespace std::chrono_literals;
using Keys = std::set<std::string>;

namespace {

constexpr std::size_t deep = 10'000;

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string hex(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string all;
  for (const char c : octets) {
    all += digits[static_cast<unsigned char>(c) >> 4U];
    all += digits[static_cast<unsigned char>(c) & 0xFU];
  }
  return all;
}

/// By their keys; most begin as an object or array, so that whoever expands JSON tries.
std::map<std::string, std::string> payloads() {
  using namespace std::string_literals;
  return {{"large", R"({"a":")" + times(1'000'000, "0123456789") + "\"}"},
          {"list", "[1" + times(100'000, ",1") + "]"},
          {"open", std::string(1'000'000, '[')},
          {"deep-list", std::string(deep, '[') + std::string(deep, ']')},
          {"deep-object", times(deep, R"({"a":)") + "1" + std::string(deep, '}')},
          {"number", R"({"a":)" + std::string(deep, '9') + "e" + std::string(deep, '9') + "}"},
          {"surrogate", R"({"a":"\ud800"})"},
          {"invalid", "{\"a\":\"\xC3\x28\xFF\"}"},
          {"nul", "{\"a\":\"\0\"}"s}};
}

/// How a payload stands in SQL; empty: such a column does not take it.
std::string literal(const std::string& server, bool octets, const std::string& key, const std::string& payload) {
  const bool is_text = key != "invalid" && key != "nul";
  if (server == "postgres") {
    if (octets) return is_text ? "convert_to('" + payload + "', 'UTF8')" : "decode('" + hex(payload) + "', 'hex')";
    return is_text ? "'" + payload + "'" : "";
  }
  if (is_text && key != "surrogate") return "'" + payload + "'";  // MySQL takes a backslash away
  if (octets) return "x'" + hex(payload) + "'";
  if (server == "sqlite") return "CAST(x'" + hex(payload) + "' AS TEXT)";
  return key == "invalid" ? "" : "CONVERT(x'" + hex(payload) + "' USING utf8mb4)";
}

/// What has no form in that format: text that is not UTF-8, and with expansion an array that is no member (EventRouter's task
/// ends).
Keys without_form(const std::string& server, bool octets, const std::string& format) {
  Keys keys;
  if (server == "sqlite") keys.insert("invalid");
  if (format == "debezium" && (!octets || server == "sqlite")) keys.insert("list");
  return keys;
}

void make_binary(e2e::Shop& shop) {
  if (shop.server().name == "sqlite") return;  // a column takes everything
  for (const auto& table : {shop.table(), shop.dead_table()}) {
    shop.execute(
        "ALTER TABLE " + table +
        (shop.server().name == "postgres" ? " ALTER payload TYPE bytea USING payload::bytea" : " MODIFY payload LONGBLOB"));
  }
}

std::vector<std::string> options_of(const std::string& format) {
  std::vector<std::string> options{"--message.format=" + format, "--outbox.on-bad-row=park", "--lease.enabled=false",
                                   "--kafka.message.max.bytes=50000000"};
  if (format == "debezium") options.insert(options.end(), {"--message.expand-json=true", "--message.value-converter=json-schema"});
  return options;
}

Keys split(const std::string& list) {
  Keys all;
  std::istringstream parts(list);
  for (std::string part; std::getline(parts, part, ',');) all.insert(part);
  return all;
}

}  // namespace

TEST_CASE("a hostile payload is sent or parked, whatever the format, and the rows beside it arrive") {
  ON_EVERY_SERVER();
  const bool octets = GENERATE(false, true);
  e2e::Shop shop(server, false);
  if (octets) make_binary(shop);
  const auto session = shop.connect();
  const std::vector<std::string> formats = octets ? std::vector<std::string>{"row", "debezium"}
                                                  : std::vector<std::string>{"row", "connect", "cloudevents-json", "debezium"};
  static const auto all = payloads();
  const auto takes_large = [&](const std::string& format) {  // one database for the encoders, one format for the databases
    return !octets && (format == "row" || server.name == "sqlite");
  };
  for (const auto& format : formats) {
    INFO(format << (octets ? " of octets" : " of text"));
    shop.execute("DELETE FROM " + shop.dead_table());
    Keys hostile;
    Keys good;
    const auto insert = [&](const std::string& key, const std::string& sql) {
      session->run(
          {"insert", "INSERT INTO " + shop.table() + " (aggregate_type, aggregate_id, event_type, payload) VALUES ('topic', '" +
                         key + "', 'Happened', " + sql + ")"},
          {});
    };
    session->begin();
    for (const auto& [key, payload] : all) {
      const auto sql = literal(server.name, octets, key, payload);
      if (sql.empty() || (key == "large" && !takes_large(format))) continue;
      insert(key, sql);
      hostile.insert(key);
      insert("after-" + key, literal(server.name, octets, "", "{}"));
      good.insert("after-" + key);
    }
    session->commit();

    relay::kafka::MockCluster cluster;
    cluster.create_topic("topic", 1);
    const auto words = e2e::relaying("drain", shop, options_of(format));
    const auto ran = e2e::run(e2e::at_kafka(words, cluster.bootstrap_servers()));
    INFO(ran.output);
    REQUIRE(ran.code == 0);
    CHECK(shop.unsent() == 0);
    const auto parked = split(shop.dead("aggregate_id", "dead_state = 'parked'"));
    relay::kafka::Consumer consumer({{"bootstrap.servers", cluster.bootstrap_servers()}}, {"topic"});
    Keys sent;
    for (const auto& message : consumer.take_rest(60s)) sent.insert(message.key.value());
    CHECK(parked == without_form(server.name, octets, format));
    for (const auto& key : good) CHECK(sent.contains(key));
    for (const auto& key : hostile) CHECK(sent.contains(key) != parked.contains(key));
  }
}
