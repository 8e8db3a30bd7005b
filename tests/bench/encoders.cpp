/// What each wire format costs per row: encodes the same orders again and again, no database and no broker. Prints microseconds per
/// row, and what remains of a pipeline that takes `pipeline_micros` without encoding.

#include "relay/encode/encoder.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace relay;
using encode::Converter;
using encode::Format;

constexpr int rows = 200'000;
constexpr double pipeline_micros = 4.0;  // the fastest whole way that was measured takes 3 to 5

Layout layout() {
  return Layout{{{"id", ColumnKind::integer, "bigint", false},
                 {"aggregate_type", ColumnKind::text, "character varying(255)", false},
                 {"aggregate_id", ColumnKind::text, "character varying(255)", false},
                 {"event_type", ColumnKind::text, "character varying(255)", false},
                 {"payload", ColumnKind::json, "jsonb"},
                 {"created_at", ColumnKind::timestamp, "timestamp with time zone", false}}};
}

std::string payload() {
  std::string json = R"({"order":"o-1","total":12.50,"lines":[)";
  for (int i = 0; i < 5; ++i) json += R"({"sku":"abc-)" + std::to_string(i) + R"(","count":2,"price":6.25},)";
  json.back() = ']';
  return json + R"(,"note":"leave it at the door, please"})";
}

double micros_per_row(const encode::MessageShape& shape) {
  const auto encoder = encode::make_encoder(shape, {}, layout());
  const auto json = payload();
  const std::array cells{Cell{"123456"},      Cell{"orders"}, Cell{"o-1"},
                         Cell{"OrderPlaced"}, Cell{json},     Cell{"2026-01-02 03:04:05.678901+00"}};
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < rows; ++i) {
    if (std::holds_alternative<Fault>(encoder->encode({i, cells}))) std::abort();
  }
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / rows;
}

}  // namespace

int main() {
  encode::MessageShape shape;
  shape.source = "/bench";
  const double plain = micros_per_row(shape);
  const auto show = [&](const char* name) {
    const double cost = micros_per_row(shape);
    std::printf("%-28s %6.2f us/row, %3.0f %% of payload's rows/s\n", name, cost,
                100 * (pipeline_micros + plain) / (pipeline_micros + cost));
  };
  const std::array<std::pair<Format, const char*>, 5> formats{{{Format::payload, "payload"},
                                                               {Format::row, "row"},
                                                               {Format::connect, "connect"},
                                                               {Format::cloudevents, "cloudevents"},
                                                               {Format::cloudevents_json, "cloudevents-json"}}};
  for (const auto& [format, name] : formats) {
    shape.format = format;
    show(name);
  }
  shape.format = Format::debezium;
  show("debezium");
  shape.value_converter = Converter::json_schema;
  show("debezium, json-schema");
  shape.expand_json = true;
  show("debezium, expanded");
}
