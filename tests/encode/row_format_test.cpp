#include "tests/encode/random_json.hpp"
#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace relay;
using namespace relay::encode;
using tests::order;
using tests::order_with;
using tests::says;

namespace {

std::unique_ptr<Encoder> row_encoder(const Layout& layout = tests::native_layout(), const ColumnRoles& roles = {}) {
  MessageShape shape;
  shape.format = Format::row;
  shape.topic = "rows";
  shape.key = layout.columns()[0].name;
  shape.headers = {};
  return make_encoder(shape, roles, layout);
}

std::string row_json(Encoder& encoder, const std::vector<Cell>& cells) {
  const auto result = encoder.encode({1, cells});
  if (const auto* fault = std::get_if<Fault>(&result)) return "fault: " + fault->reason;
  return std::string{std::get<Message>(result).value.bytes()};
}

/// The JSON of one cell beside an id.
std::string value_json(ColumnKind kind, Cell cell) {
  const auto encoder = row_encoder(Layout{{{"id", ColumnKind::integer}, {"x", kind}}});
  const std::string json = row_json(*encoder, {Cell{"1"}, cell});
  const std::string lead = R"({"id":1,"x":)";
  return json.starts_with(lead) ? json.substr(lead.size(), json.size() - lead.size() - 1) : json;
}

std::string payload_json(std::string_view payload) {
  const std::string json = row_json(*row_encoder(), order_with("payload", Cell{payload}));
  const std::string name = R"("payload":)";
  return json.substr(json.find(name) + name.size(), json.size() - json.find(name) - name.size() - 1);
}

}  // namespace

TEST_CASE("a row is one JSON object with the payload parsed and last") {
  CHECK(row_json(*row_encoder(), order()) == R"({"id":1,"aggregate_id":"o-1","aggregate_type":"orders","event_type":"OrderPlaced",)"
                                             R"("created_at":"2026-01-02T03:04:05.678901Z","payload":{"total": 12.50}})");
}

TEST_CASE("further columns stand between the outbox's own and the payload, under their own names; headers are left out") {
  const Layout layout{{{"body", ColumnKind::text},
                       {"tenant", ColumnKind::text},
                       {"nr", ColumnKind::integer},
                       {"meta", ColumnKind::json},
                       {"created_at", ColumnKind::timestamp},
                       {"say \"x\"", ColumnKind::boolean}}};
  ColumnRoles roles;
  roles.id = "nr";
  roles.payload = "body";
  roles.headers = "meta";
  CHECK(row_json(*row_encoder(layout, roles), {Cell{"[1]"}, Cell{"t"}, Cell{"7"}, Cell{"{}"}, Cell{}, Cell{"true"}}) ==
        R"({"nr":7,"created_at":null,"tenant":"t","say \"x\"":true,"body":[1]})");
}

TEST_CASE("a payload that is JSON keeps every byte: digits, order, duplicates, blanks") {
  for (const char* json : {R"({"b":1,"a":2,"b":3})", "1.10", "123456789012345678901234567890.0000", " [ 1 ,\n2 ] ", R"("text")",
                           "null", R"({"a":"\u00e9\/"})", "1e400"}) {
    CHECK(payload_json(json) == json);
  }
}

TEST_CASE("a payload that is not JSON becomes a string") {
  CHECK(payload_json("plain") == R"("plain")");
  CHECK(payload_json("") == R"("")");
  CHECK(payload_json("{\"a\":1") == R"("{\"a\":1")");
  CHECK(payload_json("<a b=\"c\">\n\t</a>\x01") == R"("<a b=\"c\">\n\t</a>\u0001")");
  CHECK(payload_json(std::string(10'000, '[')) == '"' + std::string(10'000, '[') + '"');
}

TEST_CASE("values stand in JSON as their columns' kinds say") {
  CHECK(value_json(ColumnKind::integer, Cell{"-9223372036854775808"}) == "-9223372036854775808");
  CHECK(value_json(ColumnKind::decimal, Cell{"1.2300"}) == "1.2300");
  CHECK(value_json(ColumnKind::decimal, Cell{"NaN"}) == R"("NaN")");
  CHECK(value_json(ColumnKind::real, Cell{"1e+20"}) == "1e+20");
  CHECK(value_json(ColumnKind::real, Cell{"-Infinity"}) == R"("-Infinity")");
  CHECK(value_json(ColumnKind::boolean, Cell{"false"}) == "false");
  CHECK(value_json(ColumnKind::boolean, Cell{"x"}) == R"("x")");
  CHECK(value_json(ColumnKind::text, Cell{"12"}) == R"("12")");
  CHECK(value_json(ColumnKind::text, Cell{R"({"a":1})"}) == R"("{\"a\":1}")");
  CHECK(value_json(ColumnKind::json, Cell{R"({"a":1})"}) == R"({"a":1})");
  CHECK(value_json(ColumnKind::uuid, Cell{"0-1"}) == R"("0-1")");
  CHECK(value_json(ColumnKind::date, Cell{"2026-01-02"}) == R"("2026-01-02")");
  CHECK(value_json(ColumnKind::timestamp, Cell{"2026-01-02 03:04:05+02"}) == R"("2026-01-02T01:04:05.000000Z")");
  CHECK(value_json(ColumnKind::timestamp, Cell{"infinity"}) == R"("infinity")");
  for (const auto kind : {ColumnKind::integer, ColumnKind::text, ColumnKind::bytes, ColumnKind::json, ColumnKind::timestamp}) {
    CHECK(value_json(kind, Cell{}) == "null");
  }
}

TEST_CASE("a NULL payload makes the row a tombstone") {
  const auto encoder = row_encoder(Layout{{{"id", ColumnKind::integer}, {"payload", ColumnKind::text}}});
  const std::vector<Cell> cells{Cell{"7"}, Cell{}};
  const auto encoded = encoder->encode({7, cells});
  REQUIRE(std::holds_alternative<Message>(encoded));
  CHECK(std::get<Message>(encoded).value.is_null());
}

TEST_CASE("octets become base64") {
  // RFC 4648, section 10
  CHECK(value_json(ColumnKind::bytes, Cell{""}) == R"("")");
  CHECK(value_json(ColumnKind::bytes, Cell{"f"}) == R"("Zg==")");
  CHECK(value_json(ColumnKind::bytes, Cell{"fo"}) == R"("Zm8=")");
  CHECK(value_json(ColumnKind::bytes, Cell{"foo"}) == R"("Zm9v")");
  CHECK(value_json(ColumnKind::bytes, Cell{"foobar"}) == R"("Zm9vYmFy")");
  CHECK(value_json(ColumnKind::bytes, Cell{"\xff\xef\xbe"}) == R"("/+++")");
}

TEST_CASE("a payload in a binary column is inserted when it is JSON and base64 when it is not") {
  const auto encoder = row_encoder(Layout{{{"id", ColumnKind::integer}, {"payload", ColumnKind::bytes}}});
  CHECK(row_json(*encoder, {Cell{"1"}, Cell{"{}"}}) == R"({"id":1,"payload":{}})");
  CHECK(row_json(*encoder, {Cell{"1"}, Cell{"\xff\xef\xbe"}}) == R"({"id":1,"payload":"/+++"})");
}

TEST_CASE("text that is not UTF-8 is the row's fault, names the column, and spoils no later row") {
  const auto encoder = row_encoder();
  for (const char* text : {"\xff", "ok \xC3", "\xED\xA0\x80", "\xC0\xAF"}) {
    CHECK(says(tests::fault_of(*encoder, order_with("event_type", Cell{text})), "column \"event_type\" is not UTF-8"));
    CHECK(says(tests::fault_of(*encoder, order_with("payload", Cell{text})), "column \"payload\" is not UTF-8"));
    CHECK(tests::fault_of(*encoder, order()).empty());
  }
}

TEST_CASE("a row's JSON gives its values back, whatever they are") {
  constexpr unsigned seed = 20260102;
  INFO("seed " << seed);
  tests::Random random{seed};
  const Layout layout{
      {{"id", ColumnKind::integer}, {"a", ColumnKind::text}, {"j", ColumnKind::json}, {"payload", ColumnKind::text}}};
  const auto encoder = row_encoder(layout);
  for (int i = 0; i < 5'000; ++i) {
    const std::string id = std::to_string(static_cast<std::int64_t>(random()));
    const std::string text = tests::random_text(random);
    const std::string json = tests::random_json(random);
    const bool structured = tests::below(random, 2) == 0;
    const std::string payload = structured ? tests::random_json(random) : "text: " + tests::random_text(random);
    const bool null = tests::below(random, 5) == 0;
    CAPTURE(text, json, payload);
    const std::string row = row_json(*encoder, {Cell{id}, null ? Cell{} : Cell{text}, Cell{json}, Cell{payload}});
    REQUIRE(nlohmann::json::accept(row));
    const auto parsed = nlohmann::json::parse(row);
    REQUIRE(parsed.size() == 4);
    CHECK(parsed["id"].get<std::int64_t>() == std::stoll(id));
    if (null) {
      CHECK(parsed["a"].is_null());
    } else {
      CHECK(parsed["a"].get<std::string>() == text);
    }
    CHECK(parsed["j"] == nlohmann::json::parse(json));
    CHECK(parsed["payload"] == (structured ? nlohmann::json::parse(payload) : nlohmann::json(payload)));
    CHECK(says(row, json));
  }
}
