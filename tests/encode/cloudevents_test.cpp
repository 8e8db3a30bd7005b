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
