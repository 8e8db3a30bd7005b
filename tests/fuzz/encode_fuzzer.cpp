/// Feeds rows of arbitrary bytes to one encoder. A row ends as a message or as its own fault; anything else is a crash.

#include "relay/encode/encoder.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace {

using namespace relay;
using encode::Format;

Layout layout() {
  return Layout{{{"id", ColumnKind::integer, "bigint", false},
                 {"aggregate_type", ColumnKind::text},
                 {"aggregate_id", ColumnKind::text},
                 {"event_type", ColumnKind::text},
                 {"created_at", ColumnKind::timestamp, "timestamp with time zone"},
                 {"headers", ColumnKind::json, "json"},
                 {"amount", ColumnKind::decimal, "numeric(12,3)"},
                 {"free", ColumnKind::decimal, "numeric"},
                 {"span", ColumnKind::other, "interval"},
                 {"list", ColumnKind::other, "text[]"},
                 {"clock", ColumnKind::time, "time with time zone"},
                 {"day", ColumnKind::date, "date"},
                 {"ratio", ColumnKind::real, "double precision"},
                 {"flags", ColumnKind::other, "bit(3)"},
                 {"tree", ColumnKind::json, "json", true, true},
                 {"payload", ColumnKind::json, "jsonb"}}};
}

encode::MessageShape shape_of(unsigned variant) {
  encode::MessageShape shape;
  shape.format = Format::FUZZED_FORMAT;
  shape.source = "/fuzz";
  shape.key_converter = static_cast<encode::Converter>(variant % 3);
  shape.header_converter = static_cast<encode::Converter>(variant / 3 % 3);
  shape.value_converter = variant % 2 == 0 ? encode::Converter::json : encode::Converter::json_schema;
  shape.expand_json = variant % 5 < 4;
  shape.keep_json_nulls = variant % 7 == 0;
  shape.keep_empty_arrays = variant % 11 == 0;
  shape.tombstone_on_empty = variant % 13 == 0;
  shape.time_types = static_cast<encode::TimeTypes>(variant % 2);
  shape.numeric_mapping = static_cast<encode::NumericMapping>(variant / 2 % 2);
  const auto placement = shape.format == Format::payload ? encode::Placement::header : encode::Placement::envelope;
  for (const auto* name : {"amount", "free", "span", "list", "clock", "day", "ratio", "flags", "tree"}) {
    shape.extra_columns.push_back({name, variant % 3 == 0 ? encode::Placement::header : placement, name});
  }
  return shape;
}

constexpr unsigned variants = 32;

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Layout columns = layout();
  static std::array<std::unique_ptr<encode::Encoder>, variants> encoders;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);  // NOLINT: libFuzzer gives octets
  const auto variant = static_cast<unsigned>(static_cast<unsigned char>(input[0])) % variants;
  input.remove_prefix(1);
  auto& encoder = encoders[variant];
  if (!encoder) encoder = encode::make_encoder(shape_of(variant), {}, columns);

  // Cells stand between 0xFF, an octet that no UTF-8 has; the payload takes the rest. Cells that are missing are NULL.
  std::vector<Cell> cells(columns.columns().size());
  cells[0] = Cell{"1"};
  cells[1] = Cell{"orders"};
  for (std::size_t at = 2; at + 1 < cells.size(); ++at) {
    const auto end = input.find('\xFF');
    if (end == std::string_view::npos) break;
    cells[at] = Cell{input.substr(0, end)};
    input.remove_prefix(end + 1);
  }
  cells.back() = Cell{input};
  const auto result = encoder->encode({1, cells});
  if (const auto* fault = std::get_if<Fault>(&result); fault != nullptr && fault->blame != Blame::row) std::abort();
  return 0;
}
