#pragma once

#include "relay/domain/cell.hpp"
#include "relay/domain/fault.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <memory>
#include <variant>

namespace relay::encode {

/// A wire format: makes a message's value. One file per format.
class Body {
 public:
  virtual ~Body() = default;

  /// Valid until the next call or the end of the row's bytes.
  [[nodiscard]] virtual std::variant<Cell, Fault> value_of(const Row& row) = 0;
};

/// The payload column's bytes as they are; NULL is a tombstone. @throws std::invalid_argument  no payload column
[[nodiscard]] std::unique_ptr<Body> make_payload_body(const ColumnRoles& roles, const Layout& layout);

/// The row as one JSON object, members under the columns' own names (interface.md, wire formats).
///
/// Integers, decimals and floating point become numbers, digits kept; booleans and NULL themselves; timestamps ISO 8601 in UTC;
/// JSON columns are inserted as they are; binary columns become base64; the payload is inserted as it is when it is JSON, whatever
/// its column's type; where it is NULL, the message is a tombstone. A value that is not what its column promises (`NaN`,
/// `infinity`) becomes a string. A text that is not UTF-8 is a fault.
[[nodiscard]] std::unique_ptr<Body> make_row_body(const ColumnRoles& roles, const Layout& layout);

}  // namespace relay::encode
