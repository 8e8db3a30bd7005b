#pragma once

#include "relay/domain/row.hpp"

#include <libpq-fe.h>

/// Object ids of the built-in types; they never change (src/include/catalog/pg_type.dat).
namespace db::postgres::types {

inline constexpr Oid truth = 16;
inline constexpr Oid bytea = 17;

[[nodiscard]] constexpr relay::ColumnKind kind_of(Oid type) noexcept {
  using enum relay::ColumnKind;
  switch (type) {
    case truth:
      return boolean;
    case bytea:
      return bytes;
    case 20:  // int8
    case 21:  // int2
    case 23:  // int4
    case 26:  // oid
      return integer;
    case 1700:  // numeric
      return decimal;
    case 700:  // float4
    case 701:  // float8
      return real;
    case 114:   // json
    case 3802:  // jsonb
      return json;
    case 18:    // "char"
    case 19:    // name
    case 25:    // text
    case 1042:  // char(n)
    case 1043:  // varchar
      return text;
    case 1114:  // timestamp
    case 1184:  // timestamptz
      return timestamp;
    case 1082:
      return date;
    case 1083:  // time
    case 1266:  // timetz
      return time;
    case 2950:
      return uuid;
    default:
      return other;
  }
}

}  // namespace db::postgres::types
