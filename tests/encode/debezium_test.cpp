#include "relay/encode/json_expansion.hpp"
#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;

namespace {

MessageShape debezium(Converter value) {
  MessageShape shape;
  shape.format = Format::debezium;
  shape.headers = {"id"};
  shape.value_converter = value;
  return shape;
}

std::string value_of(const MessageShape& shape, const std::vector<Cell>& cells, const Layout& layout = tests::native_layout()) {
  const auto encoder = make_encoder(shape, {}, layout);
  const auto result = encoder->encode({1, cells});
  const auto* message = std::get_if<Message>(&result);
  if (message == nullptr) return "fault: " + std::get<Fault>(result).reason;
  return message->value.is_null() ? "no value" : std::string(message->value.bytes());
}

std::string expanded(std::string_view text) {
  std::string schema;
  std::string value;
  switch (expand_json(text, {}, schema, value)) {
    case Expanded::yes:
      return value;
    case Expanded::no:
      return "no";
    case Expanded::unusable:
      break;
  }
  return "unusable";
}

}  // namespace

TEST_CASE("debezium: a payload keeps its bytes through the string converter, whatever they are") {
  const auto shape = debezium(Converter::string);
  for (const std::string_view payload : {R"({"a": 1e400, "a":0.10,"n":9223372036854775809})", "", "no json", "\xFF\x80"}) {
    CHECK(value_of(shape, tests::order_with("payload", Cell{payload})) == payload);
  }
  CHECK(value_of(shape, tests::order_with("payload", Cell{})) == "no value");
}

TEST_CASE("debezium: JsonConverter makes a NULL payload a value, and tombstone-on-empty makes it a tombstone again") {
  auto shape = debezium(Converter::json);
  CHECK(value_of(shape, tests::order_with("payload", Cell{})) == "null");
  shape.value_converter = Converter::json_schema;
  CHECK(value_of(shape, tests::order_with("payload", Cell{})) ==
        R"({"schema":{"type":"string","optional":true,"name":"io.debezium.data.Json","version":1},"payload":null})");
  shape.tombstone_on_empty = true;
  for (const auto& cell : {Cell{}, Cell{""}, Cell{" \n\t"}}) {
    CHECK(value_of(shape, tests::order_with("payload", cell)) == "no value");
  }
  CHECK(value_of(shape, tests::order_with("payload", Cell{"{}"})) != "no value");
}

TEST_CASE("debezium: an extra column goes into a header, the envelope or the partition, under its alias") {
  auto shape = debezium(Converter::json);
  shape.extra_columns = {
      {"event_type", Placement::header, "kind"}, {"id", Placement::envelope, "n"}, {"id", Placement::partition, "id"}};
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  const auto cells = tests::order();
  const auto result = encoder->encode({1, cells});
  const auto& message = std::get<Message>(result);
  CHECK(message.partition == 1);
  CHECK(message.value.bytes() == R"({"payload":"{\"total\": 12.50}","n":1})");
  REQUIRE(message.headers.size() == 2);
  CHECK(message.headers[1].name == "kind");
  CHECK(message.headers[1].value.bytes() == "OrderPlaced");
}

TEST_CASE("an extra column that is not there is an error, or left out where it may be missing") {
  auto shape = debezium(Converter::string);
  shape.extra_columns = {{"nosuch", Placement::header, "nosuch"}};
  CHECK(tests::says(tests::refusal(shape), "outbox.extra-columns: there is no column \"nosuch\""));
  shape.ignore_missing = true;
  CHECK(tests::refusal(shape).empty());
}

TEST_CASE("a partition that is no number is the row's fault") {
  auto shape = debezium(Converter::string);
  shape.extra_columns = {{"event_type", Placement::partition, "event_type"}};
  CHECK(tests::says(value_of(shape, tests::order()), "holds no partition's number"));
  CHECK(value_of(shape, tests::order_with("event_type", Cell{"-1"})).starts_with("fault"));
}

TEST_CASE("a topic pattern that matches the whole value replaces it, else the value is the topic") {
  MessageShape shape;
  shape.topic_pattern = "(?<first>[a-z]+)\\.(.*)";
  shape.topic_replacement = "events.${first}-$2";
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  const auto topic_of = [&](std::string_view type) -> std::string {
    const auto cells = tests::order_with("aggregate_type", Cell{type});
    const auto result = encoder->encode({1, cells});
    const auto* message = std::get_if<Message>(&result);
    return message == nullptr ? std::get<Fault>(result).reason : std::string(message->topic);
  };
  CHECK(topic_of("shop.order") == "events.shop-order");
  CHECK(topic_of("SHOP") == "SHOP");
  CHECK(tests::says(topic_of(std::string(1'000'000, 'a')), "message.topic-pattern"));
}

TEST_CASE("a trace's properties become headers") {
  MessageShape shape;
  shape.headers = {"id"};
  shape.trace_column = "event_type";
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  const auto cells = tests::order_with("event_type", Cell{"#Thu Jan 01\ntraceparent=00-ab-cd-01\ntracestate=a\\=b\n"});
  const auto result = encoder->encode({1, cells});
  const auto headers = std::get<Message>(result).headers;
  REQUIRE(headers.size() == 3);
  CHECK(headers[1].name == "traceparent");
  CHECK(headers[1].value.bytes() == "00-ab-cd-01");
  CHECK(headers[2].value.bytes() == "a=b");
}

TEST_CASE("expansion: what fits no schema stays a string, what a schema cannot hold is at fault") {
  CHECK(expanded(R"({"a":1,"b":null,"a":"three"})") == R"({"a":"three"})");
  CHECK(expanded(R"({"m":[1,"a"]})") == "no");
  CHECK(expanded("not json") == "no");
  CHECK(expanded(R"({"n":9223372036854775808})") == "unusable");
  CHECK(expanded("[1]") == "unusable");
  CHECK(expanded(R"({"l":[{"a":1},{"a":2.5}]})") == "unusable");
}

TEST_CASE("expansion: objects that differ become one, without losing a member at any depth") {
  CHECK(expanded(R"({"l":[{"a":{"x":1}},{"a":{"y":2}},{"b":3}]})") ==
        R"({"l":[{"a":{"x":1,"y":null},"b":null},{"a":{"x":null,"y":2},"b":null},{"a":null,"b":3}]})");
}

TEST_CASE("hostile payloads end as a value or the row's fault, in every format") {
  const auto format = GENERATE(Format::row, Format::connect, Format::cloudevents, Format::cloudevents_json, Format::debezium);
  MessageShape shape;
  shape.format = format;
  shape.source = "/shop";
  shape.value_converter = Converter::json_schema;
  shape.expand_json = format == Format::debezium;
  auto layout = tests::native_layout();
  const auto encoder = make_encoder(shape, {}, layout);
  std::string differing = "{\"l\":[";
  for (int i = 0; i < 20'000; ++i) differing += "{\"k" + std::to_string(i) + "\":1},";
  differing.back() = ']';
  differing += '}';
  const std::vector<std::string> payloads{std::string(10'000, '[') + std::string(10'000, ']'),
                                          std::string(10'000, '['),
                                          "{\"s\":\"" + std::string(10 << 20, 'x') + "\"}",
                                          "{\"n\":" + std::string(1 << 20, '9') + "}",
                                          differing,
                                          std::string("{\"a\":\"\0\"}", 9),
                                          "{\"a\":\"\xC3\x28\"}",
                                          "\xFF\xFE",
                                          "\"\\ud800\"",
                                          ""};
  for (const auto& payload : payloads) {
    const auto cells = tests::order_with("payload", Cell{payload});
    const auto result = encoder->encode({1, cells});
    if (const auto* fault = std::get_if<Fault>(&result)) {
      CHECK(fault->blame == Blame::row);
      CHECK(fault->reason.size() < 1000);
    }
  }
  const auto cells = tests::order_with("payload", Cell{"\xFF\xFE"});
  const auto result = encoder->encode({1, cells});
  CHECK(std::holds_alternative<Fault>(result) == (format != Format::cloudevents));
}
