#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;

namespace {

struct Sample {
  ColumnKind kind;
  std::string type;
  std::string_view cell;
};

std::string sent(const Sample& sample, MessageShape shape = {}) {
  shape.format = Format::connect;
  shape.topic = "t";
  shape.key = "c";
  shape.headers = {};
  shape.schema_name = "jt";
  const Layout layout{{{"c", sample.kind, sample.type}}};
  const ColumnRoles none{"", "", "", "", "", "", ""};
  const auto encoder = make_encoder(shape, none, layout);
  const std::vector<Cell> cells{Cell{sample.cell}};
  const auto result = encoder->encode({1, cells});
  const auto* message = std::get_if<Message>(&result);
  return message == nullptr ? "fault: " + std::get<Fault>(result).reason : std::string(message->value.bytes());
}

std::string wrapped(std::string_view schema, std::string_view value) {
  return R"({"schema":{"type":"struct","fields":[{)" + std::string(schema) +
         R"(,"field":"c"}],"optional":false,"name":"jt"},"payload":{"c":)" + std::string(value) + "}}";
}

constexpr std::string_view decimal =
    R"("type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":")";

}  // namespace

TEST_CASE("connect: types and values are the JDBC source connector's") {
  CHECK(sent({ColumnKind::integer, "smallint", "-32768"}) == wrapped(R"("type":"int16","optional":true)", "-32768"));
  CHECK(sent({ColumnKind::integer, "tinyint", "127"}) == wrapped(R"("type":"int8","optional":true)", "127"));
  CHECK(sent({ColumnKind::decimal, "numeric(5,2)", "123.45"}) == wrapped(std::string(decimal) + R"(2"})", "\"MDk=\""));
  CHECK(sent({ColumnKind::real, "real", "16777216"}) == wrapped(R"("type":"float","optional":true)", "1.6777216E7"));
  CHECK(sent({ColumnKind::real, "double precision", "NaN"}) == wrapped(R"("type":"double","optional":true)", "\"NaN\""));
  CHECK(sent({ColumnKind::timestamp, "timestamp without time zone", "1969-12-31 23:59:59.999999"}) ==
        wrapped(R"("type":"int64","optional":true,"name":"org.apache.kafka.connect.data.Timestamp","version":1)", "-1"));
  CHECK(sent({ColumnKind::other, "bit(3)", "101"}) == wrapped(R"("type":"int8","optional":true)", "101"));
  CHECK(sent({ColumnKind::bytes, "bit(16)", std::string_view("\0\x7F", 2)}) == wrapped(R"("type":"int8","optional":true)", "127"));
  CHECK(sent({ColumnKind::bytes, "bit(1)", std::string_view("\0", 1)}) == wrapped(R"("type":"int8","optional":true)", "0"));
  CHECK(sent({ColumnKind::bytes, "bytea", std::string_view("\x01\xFF", 2)}) ==
        wrapped(R"("type":"bytes","optional":true)", "\"Af8=\""));
}

TEST_CASE("connect: a decimal without a declared scale says its own, so that no digit is lost") {
  CHECK(sent({ColumnKind::decimal, "numeric", "100"}) == wrapped(std::string(decimal) + R"(0"})", "\"ZA==\""));
  CHECK(sent({ColumnKind::decimal, "numeric", "3.14159"}) == wrapped(std::string(decimal) + R"(5"})", "\"BMsv\""));
}

TEST_CASE("connect: without a schema the row stands alone, and a decimal whose scale nothing says has to be whole") {
  MessageShape shape;
  shape.value_converter = Converter::json;
  CHECK(sent({ColumnKind::decimal, "numeric(5,2)", "123.45"}, shape) == R"({"c":"MDk="})");
  CHECK(sent({ColumnKind::decimal, "numeric", "100.00"}, shape) == R"({"c":"ZA=="})");
  CHECK(tests::says(sent({ColumnKind::decimal, "numeric", "3.14159"}, shape), "column \"c\" (numeric)"));
}

TEST_CASE("connect: money is a double") {
  const auto money = [](std::string_view text) { return sent({ColumnKind::other, "money", text}); };
  constexpr std::string_view type = R"("type":"double","optional":true)";
  CHECK(money("$12.34") == wrapped(type, "12.34"));
  CHECK(money("-$92,233,720,368.08") == wrapped(type, "-9.223372036808E10"));
  CHECK(money("12,34 EUR").starts_with("fault"));  // another lc_monetary
  CHECK(money("$1,23").starts_with("fault"));
}

TEST_CASE("connect: best-fit makes small decimals numbers") {
  MessageShape shape;
  shape.numeric_mapping = NumericMapping::best_fit;
  CHECK(sent({ColumnKind::decimal, "numeric(4,0)", "-42"}, shape) == wrapped(R"("type":"int16","optional":true)", "-42"));
  CHECK(sent({ColumnKind::decimal, "numeric(15,2)", "0.10"}, shape) == wrapped(R"("type":"double","optional":true)", "0.1"));
  CHECK(sent({ColumnKind::decimal, "numeric(5,-2)", "12300"}, shape) == wrapped(R"("type":"double","optional":true)", "12300.0"));
  CHECK(sent({ColumnKind::decimal, "decimal(5,2)", "1.50"}, shape) == wrapped(std::string(decimal) + R"(2"})", "\"AJY=\""));
}

TEST_CASE("connect: microseconds travel as Debezium's times where that is asked for") {
  MessageShape shape;
  shape.time_types = TimeTypes::debezium;
  CHECK(sent({ColumnKind::timestamp, "timestamp without time zone", "2024-02-29 12:34:56.123456"}, shape) ==
        wrapped(R"("type":"int64","optional":true,"name":"io.debezium.time.MicroTimestamp","version":1)", "1709210096123456"));
}

TEST_CASE(
    "connect: decimals say their precision beside Debezium's times: without it Debezium's sink makes a scale of -1 of a scale of "
    "0") {
  const auto precise = [](std::string_view scale, std::string_view precision) {
    return std::string(decimal) + std::string(scale) + R"(","connect.decimal.precision":")" + std::string(precision) + "\"}";
  };
  MessageShape shape;
  shape.time_types = TimeTypes::debezium;
  CHECK(sent({ColumnKind::decimal, "numeric(10,0)", "12"}, shape) == wrapped(precise("0", "10"), "\"DA==\""));
  CHECK(sent({ColumnKind::decimal, "decimal(5,2)", "123.45"}, shape) == wrapped(precise("2", "5"), "\"MDk=\""));
  CHECK(sent({ColumnKind::decimal, "numeric", "3.14159"}, shape) == wrapped(precise("5", "38"), "\"BMsv\""));
  CHECK(sent({ColumnKind::decimal, "numeric", "NaN"}, shape) == wrapped(precise("0", "38"), "null"));
  shape.numeric_mapping = NumericMapping::best_fit;
  CHECK(sent({ColumnKind::decimal, "numeric(4,0)", "-42"}, shape) == wrapped(R"("type":"int16","optional":true)", "-42"));
  CHECK(sent({ColumnKind::decimal, "numeric(19,0)", "12"}, shape) == wrapped(precise("0", "19"), "\"DA==\""));
}

TEST_CASE("connect: NaN and the infinities are the row's fault beside Debezium's times: a sink would store 0") {
  MessageShape shape;
  shape.time_types = TimeTypes::debezium;
  for (const auto* value : {"NaN", "Infinity", "-Infinity"}) {
    CHECK(tests::says(sent({ColumnKind::real, "double precision", value}, shape), "column \"c\" (double precision)"));
    CHECK(sent({ColumnKind::real, "real", value}, shape).starts_with("fault"));
  }
  CHECK(sent({ColumnKind::real, "double precision", "1e308"}, shape) == wrapped(R"("type":"double","optional":true)", "1.0E308"));
}

TEST_CASE("connect: a value that its type does not hold is the row's fault") {
  CHECK(tests::says(sent({ColumnKind::integer, "bigint unsigned", "18446744073709551615"}), "column \"c\" (bigint unsigned)"));
  CHECK(sent({ColumnKind::date, "date", "0000-00-00"}).starts_with("fault"));
  CHECK(sent({ColumnKind::date, "date", "infinity"}).starts_with("fault"));
  CHECK(sent({ColumnKind::timestamp, "timestamp without time zone", "infinity"}).starts_with("fault"));
  CHECK(sent({ColumnKind::time, "time", "24:00:00.000001"}).starts_with("fault"));
  CHECK(sent({ColumnKind::time, "time", "-00:00:01"}).starts_with("fault"));
  CHECK(sent({ColumnKind::text, "text", "\xFF"}).starts_with("fault"));
  CHECK(sent({ColumnKind::bytes, "bit(16)", std::string_view("\x01\x2C", 2)}).starts_with("fault"));
  CHECK(sent({ColumnKind::bytes, "bit(8)", "\xC8"}).starts_with("fault"));
  CHECK(sent({ColumnKind::other, "bit(8)", "10000000"}).starts_with("fault"));
}
