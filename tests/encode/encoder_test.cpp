#include "relay/encode/encoder.hpp"

#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;
using tests::order;
using tests::order_with;

TEST_CASE("a row becomes a message: topic by its type, key by its aggregate, the payload's bytes, headers, its time") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto cells = order();
  const auto result = encoder->encode({1, cells});
  const auto& message = std::get<Message>(result);
  CHECK(message.topic == "orders");
  CHECK(message.key == Cell{"o-1"});
  CHECK(message.value == Cell{R"({"total": 12.50})"});
  REQUIRE(message.headers.size() == 2);
  CHECK(message.headers[0].name == "id");
  CHECK(message.headers[0].value == Cell{"1"});
  CHECK(message.headers[1].name == "event_type");
  CHECK(message.headers[1].value == Cell{"OrderPlaced"});
  CHECK(message.timestamp_ms == 1'767'323'045'678);
}

TEST_CASE("the payload format passes any octets on without a copy") {
  using namespace std::string_view_literals;
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const Cell octets{"\0\xff{not json"sv};
  const auto cells = order_with("payload", octets);
  const auto result = encoder->encode({1, cells});
  CHECK(std::get<Message>(result).value.bytes().data() == octets.bytes().data());
  CHECK(std::get<Message>(result).value == octets);
}

TEST_CASE("a NULL payload is a tombstone and an empty payload is an empty value") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto null = order_with("payload", Cell{});
  CHECK(std::get<Message>(encoder->encode({1, null})).value.is_null());
  const auto empty = order_with("payload", Cell{""});
  CHECK(std::get<Message>(encoder->encode({1, empty})).value == Cell{""});
}

TEST_CASE("a NULL key is no key, an empty key is one") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto null = order_with("aggregate_id", Cell{});
  CHECK(std::get<Message>(encoder->encode({1, null})).key.is_null());
  const auto empty = order_with("aggregate_id", Cell{""});
  CHECK(std::get<Message>(encoder->encode({1, empty})).key == Cell{""});
}

TEST_CASE("a message's time is created_at cut to milliseconds, and none where Kafka has no such time") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto time_of = [&](Cell created_at) {
    const auto cells = order_with("created_at", created_at);
    return std::get<Message>(encoder->encode({1, cells})).timestamp_ms;
  };
  CHECK(time_of(Cell{"2026-01-02 03:04:05.678999"}) == 1'767'323'045'678);
  CHECK(time_of(Cell{"1970-01-01 00:00:00"}) == 0);
  CHECK_FALSE(time_of(Cell{"1969-12-31 23:59:59.999999"}).has_value());
  CHECK_FALSE(time_of(Cell{"infinity"}).has_value());
  CHECK_FALSE(time_of(Cell{}).has_value());
}

TEST_CASE("message.timestamp=now leaves the time to the moment of sending") {
  MessageShape shape;
  shape.timestamp_from_created_at = false;
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  const auto cells = order();
  CHECK_FALSE(std::get<Message>(encoder->encode({1, cells})).timestamp_ms.has_value());
}

TEST_CASE("columns that the user named otherwise are found by their role") {
  const Layout layout{{{"nr", ColumnKind::integer},
                       {"kind", ColumnKind::text},
                       {"stream", ColumnKind::text},
                       {"agg", ColumnKind::text},
                       {"body", ColumnKind::text}}};
  ColumnRoles roles;
  roles.id = "nr";
  roles.event_type = "kind";
  roles.aggregate_type = "stream";
  roles.aggregate_id = "agg";
  roles.payload = "body";
  const std::vector<Cell> cells{Cell{"9"}, Cell{"Placed"}, Cell{"orders"}, Cell{"o-9"}, Cell{"text"}};
  MessageShape shape;
  shape.headers = {"id", "event_type", "kind"};
  const auto encoder = make_encoder(shape, roles, layout);
  const auto result = encoder->encode({9, cells});
  const auto& message = std::get<Message>(result);
  CHECK(message.topic == "orders");
  CHECK(message.key == Cell{"o-9"});
  CHECK(message.value == Cell{"text"});
  REQUIRE(message.headers.size() == 3);
  CHECK(message.headers[0].name == "id");
  CHECK(message.headers[0].value == Cell{"9"});
  CHECK(message.headers[1].name == "event_type");
  CHECK(message.headers[1].value == Cell{"Placed"});
  CHECK(message.headers[2].name == "kind");
  CHECK(message.headers[2].value == Cell{"Placed"});
}

TEST_CASE("a column that is not there is refused with the option's name and the columns that are") {
  MessageShape key;
  key.key = "customer";
  MessageShape header;
  header.headers = {"id", "trace"};
  MessageShape topic;
  topic.topic = "{typ}";
  for (const auto& [shape, option, column] :
       {std::tuple{key, "message.key", "customer"}, std::tuple{header, "message.headers", "trace"},
        std::tuple{topic, "message.topic", "typ"}}) {
    const std::string text = tests::refusal(shape);
    INFO(text);
    CHECK(tests::says(text, option));
    CHECK(tests::says(text, "\"" + std::string{column} + "\""));
    CHECK(tests::says(text, "id, aggregate_type, aggregate_id, event_type, payload, headers, created_at"));
  }
  ColumnRoles roles;
  roles.payload = "body";
  const Layout no_payload{{{"id", ColumnKind::integer}, {"aggregate_type"}, {"aggregate_id"}, {"event_type"}}};
  CHECK(tests::says(tests::refusal({}, roles, no_payload), "outbox.columns.payload: there is no column \"body\""));
}
