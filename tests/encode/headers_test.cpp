#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;
using tests::order_with;
using tests::says;

namespace {

using List = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// The headers that come from the `headers` column.
List members(std::string_view json) {
  MessageShape shape;
  shape.headers = {};
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  const auto cells = order_with("headers", Cell{json});
  const auto result = encoder->encode({1, cells});
  List list;
  for (const Header& header : std::get<Message>(result).headers) {
    list.emplace_back(header.name, header.value.is_null() ? std::nullopt : std::optional<std::string>{header.value.bytes()});
  }
  return list;
}

}  // namespace

TEST_CASE("the members of the headers column become headers in their order, behind the listed columns") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto cells = order_with("headers", Cell{R"({"traceparent":"00-1","a":"b"})"});
  const auto result = encoder->encode({1, cells});
  const auto headers = std::get<Message>(result).headers;
  REQUIRE(headers.size() == 4);
  CHECK(headers[0].name == "id");
  CHECK(headers[1].name == "event_type");
  CHECK(headers[2].name == "traceparent");
  CHECK(headers[2].value == Cell{"00-1"});
  CHECK(headers[3].name == "a");
}

TEST_CASE("a header's text is a string's own text, and the JSON text of anything else") {
  CHECK(
      members(
          R"( { "s" : "x y" , "n":1.50, "big":123456789012345678901234567890, "t":true,"o":{"k": [1, 2]},"a":[ ] , "z":null } )") ==
      List{{"s", "x y"},
           {"n", "1.50"},
           {"big", "123456789012345678901234567890"},
           {"t", "true"},
           {"o", R"({"k": [1, 2]})"},
           {"a", "[ ]"},
           {"z", std::nullopt}});
  CHECK(members("{}").empty());
  CHECK(members(R"({"e":"","null":"null"})") == List{{"e", ""}, {"null", "null"}});
}

TEST_CASE("escapes in header names and texts are resolved to UTF-8") {
  CHECK(members(R"({"q\"\\\/":"\b\f\n\r\t","\u00fc":"\u20ac \ud83d\ude00","nul":"\u0000"})") ==
        List{{"q\"\\/", "\b\f\n\r\t"}, {"ü", "€ 😀"}, {"nul", std::string{'\0'}}});
}

TEST_CASE("many headers with escapes stay apart, and none is left over from the row before") {
  std::string json = "{";
  List expected;
  for (int i = 0; i < 500; ++i) {
    json += (i == 0 ? "" : ",") + ("\"n" + std::to_string(i)) + "\":\"\\t" + std::to_string(i) + "\"";
    expected.emplace_back("n" + std::to_string(i), "\t" + std::to_string(i));
  }
  CHECK(members(json + "}") == expected);

  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto many = order_with("headers", Cell{R"({"a":"\t","b":"\t"})"});
  CHECK(std::get<Message>(encoder->encode({1, many})).headers.size() == 4);
  const auto none = order_with("headers", Cell{});
  CHECK(std::get<Message>(encoder->encode({2, none})).headers.size() == 2);
}

TEST_CASE("a headers column that holds no JSON object is the row's fault and is named") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  for (const char* json :
       {"", " ", "[]", "null", "\"text\"", "1", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "{'a':1}",
        "{\"a\":1 \"b\":2}", "{,}", "{a:1}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\"}", "{\"\xc3\":1}"}) {
    INFO(json);
    CHECK(says(tests::fault_of(*encoder, order_with("headers", Cell{json})), "\"headers\" is not a JSON object"));
  }
}

TEST_CASE("an outbox without a headers column has the listed headers, NULL among them") {
  const Layout layout{{{"id", ColumnKind::integer}, {"aggregate_type"}, {"aggregate_id"}, {"event_type"}, {"payload"}}};
  const auto encoder = make_encoder({}, {}, layout);
  const std::vector<Cell> cells{Cell{"1"}, Cell{"orders"}, Cell{"o-1"}, Cell{}, Cell{"x"}};
  const auto result = encoder->encode({1, cells});
  const auto headers = std::get<Message>(result).headers;
  REQUIRE(headers.size() == 2);
  CHECK(headers[1].name == "event_type");
  CHECK(headers[1].value.is_null());
}
