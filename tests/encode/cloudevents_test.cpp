#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;

namespace {

MessageShape cloudevents(Format format) {
  MessageShape shape;
  shape.format = format;
  shape.headers = {};
  shape.source = "/shop/orders";
  return shape;
}

std::vector<Column> native_columns() {
  const auto layout = tests::native_layout();
  return {layout.columns().begin(), layout.columns().end()};
}

}  // namespace

TEST_CASE("cloudevents: the payload's bytes, and the attributes as ce_ headers") {
  const auto encoder = make_encoder(cloudevents(Format::cloudevents), {}, tests::native_layout());
  const auto cells = tests::order();
  const auto result = encoder->encode({1, cells});
  const auto& message = std::get<Message>(result);
  CHECK(message.value.bytes() == R"({"total": 12.50})");
  std::string headers;
  for (const auto& [name, value] : message.headers) headers += std::string(name) + "=" + std::string(value.bytes()) + "\n";
  CHECK(headers ==
        "ce_specversion=1.0\nce_id=1\nce_type=OrderPlaced\nce_source=/shop/orders\nce_subject=o-1\n"
        "ce_time=2026-01-02T03:04:05.678901Z\ncontent-type=application/json\n");
}

TEST_CASE("cloudevents-json: one object, numbers in the data keep their digits") {
  const auto encoder = make_encoder(cloudevents(Format::cloudevents_json), {}, tests::native_layout());
  const auto cells = tests::order_with("payload", Cell{R"({"a":1e400,"b":0.10,"a":9223372036854775809})"});
  const auto result = encoder->encode({1, cells});
  const auto& message = std::get<Message>(result);
  CHECK(message.value.bytes() == R"({"specversion":"1.0","id":"1","type":"OrderPlaced","source":"/shop/orders","subject":"o-1",)"
                                 R"("time":"2026-01-02T03:04:05.678901Z","datacontenttype":"application/json",)"
                                 R"("data":{"a":1e400,"b":0.10,"a":9223372036854775809}})");
  REQUIRE(message.headers.size() == 1);
  CHECK(message.headers[0].value.bytes() == "application/cloudevents+json; charset=UTF-8");
}

TEST_CASE("cloudevents: an event without a type is the row's fault, one without a payload a tombstone") {
  const auto format = GENERATE(Format::cloudevents, Format::cloudevents_json);
  const auto encoder = make_encoder(cloudevents(format), {}, tests::native_layout());
  CHECK(tests::says(tests::fault_of(*encoder, tests::order_with("event_type", Cell{})), "\"type\""));
  const auto cells = tests::order_with("payload", Cell{});
  const auto result = encoder->encode({1, cells});
  CHECK(std::get<Message>(result).value.is_null());
}

TEST_CASE("cloudevents: an extension's name is checked before the first row") {
  auto shape = cloudevents(Format::cloudevents);
  shape.extra_columns = {{"event_type", Placement::envelope, "Event-Type"}};
  CHECK(tests::says(tests::refusal(shape), "outbox.extra-columns"));
}

TEST_CASE("cloudevents: an extension takes no name that the event has already") {
  const auto format = GENERATE(Format::cloudevents, Format::cloudevents_json);
  auto shape = cloudevents(format);
  for (const auto* name : {"id", "source", "type", "subject", "time", "specversion", "data", "data_base64", "datacontenttype"}) {
    shape.extra_columns = {{"event_type", Placement::envelope, name}};
    const auto text = tests::refusal(shape);
    INFO(text);
    CHECK(tests::says(text, "outbox.extra-columns: \"" + std::string(name) + "\""));
    CHECK(tests::says(text, "write column:envelope:name"));
  }
  shape.extra_columns = {{"event_type", Placement::envelope, "tenant"}, {"aggregate_id", Placement::envelope, "tenant"}};
  CHECK(tests::says(tests::refusal(shape), "\"tenant\" names two attributes"));
  shape.extra_columns = {{"event_type", Placement::envelope, "tenant"}, {"aggregate_id", Placement::envelope, "shop"}};
  CHECK(tests::refusal(shape).empty());
}

TEST_CASE("cloudevents: a time is RFC 3339 or left out, also where the column is a text") {
  auto texts = native_columns();
  texts[tests::at("created_at")].kind = GENERATE(ColumnKind::text, ColumnKind::timestamp);
  const auto encoder = make_encoder(cloudevents(Format::cloudevents_json), {}, Layout{texts});
  const auto event = [&](std::string_view created_at) {
    const auto cells = tests::order_with("created_at", Cell{created_at});
    return std::string(std::get<Message>(encoder->encode({1, cells})).value.bytes());
  };
  CHECK(tests::says(event("2026-01-02 03:04:05.5"), R"("time":"2026-01-02T03:04:05.500000Z")"));
  CHECK(tests::says(event("2026-01-02T03:04:05+02:00"), R"("time":"2026-01-02T01:04:05.000000Z")"));
  for (const auto* no_instant : {"yesterday", "infinity", "2026-01-02", "1767323045"})
    CHECK_FALSE(tests::says(event(no_instant), "\"time\""));
}

TEST_CASE("cloudevents: an attribute that is not UTF-8 is the row's fault") {
  auto shape = cloudevents(GENERATE(Format::cloudevents, Format::cloudevents_json));
  auto more = native_columns();
  more.emplace_back().name = "tenant";
  shape.extra_columns = {{"tenant", Placement::envelope, "tenant"}};
  const auto encoder = make_encoder(shape, {}, Layout{more});
  const auto fault = [&](std::string_view column, std::string_view text) {
    auto cells = tests::order();
    cells.emplace_back("\xC3\xA4 \"\n");
    cells[column == "tenant" ? cells.size() - 1 : tests::at(column)] = Cell{text};
    return tests::fault_of(*encoder, cells);
  };
  CHECK(fault("event_type", "OrderPlac\xC3\xA9").empty());
  CHECK(tests::says(fault("event_type", "OrderPlac\xE9"), "type of the CloudEvent is not UTF-8"));
  CHECK(tests::says(fault("aggregate_id", "\xFF"), "subject of the CloudEvent is not UTF-8"));
  CHECK(tests::says(fault("tenant", "a\xC3"), "tenant of the CloudEvent is not UTF-8"));
}

TEST_CASE("cloudevents: binary data is called so in both modes") {
  auto binary = native_columns();
  binary[tests::at("payload")].kind = ColumnKind::bytes;
  const auto cells = tests::order_with("payload", Cell{"\x01\xFF"});
  const auto encoder = make_encoder(cloudevents(Format::cloudevents), {}, Layout{binary});
  const auto message = encoder->encode({1, cells});
  CHECK(std::get<Message>(message).headers.back().value.bytes() == "application/octet-stream");
  const auto structured = make_encoder(cloudevents(Format::cloudevents_json), {}, Layout{binary});
  const auto event = structured->encode({1, cells});
  CHECK(
      tests::says(std::get<Message>(event).value.bytes(), R"("datacontenttype":"application/octet-stream","data_base64":"Af8="})"));
}
