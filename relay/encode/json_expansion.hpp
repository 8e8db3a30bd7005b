#pragma once

#include "relay/encode/json_tree.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace relay::encode {

/// What becomes of JSON members that say no type (EventRouter's table.json.payload.null.behavior and .empty.array.behavior).
struct ExpansionRules {
  bool keep_nulls = false;         ///< as optional bytes; else such members are left out
  bool keep_empty_arrays = false;  ///< as arrays of optional strings; else such members are left out
};

/// What became of a text.
enum class Expanded : std::uint8_t {
  yes,
  no,        ///< not JSON, no object or array, or types that make no schema: it stays a string
  unusable,  ///< a schema is found, but the values do not fit it: EventRouter ends its task on such a row
};

/// Takes a JSON text apart into a Connect schema and value, as EventRouter's table.expand.json.payload does; the rules are those
/// observed in tests/encode/goldens. Differing objects of one array become one struct whose members stand in the order in which
/// they first appear (EventRouter's order is a hash's), nested ones too (EventRouter loses members of those).
/// @param schema  appended: the schema's JSON, as JsonConverter writes it
/// @param value   appended: the value's JSON; both hold a part where the answer is not `yes`
[[nodiscard]] Expanded expand_json(std::string_view text, const ExpansionRules& rules, std::string& schema, std::string& value,
                                   std::string_view field = {});

}  // namespace relay::encode
