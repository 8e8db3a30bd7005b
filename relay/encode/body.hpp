#pragma once

#include "relay/domain/cell.hpp"
#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relay::encode {

/// A wire format: makes a message's value. One file per format.
class Body {
 public:
  virtual ~Body() = default;

  /// Valid until the next call or the end of the row's bytes.
  /// @param routing  what the topic is made of: the value of its first column
  [[nodiscard]] virtual std::variant<Cell, Fault> value_of(const Row& row, std::string_view routing) = 0;

  /// Headers that the format itself asks for; they stand before all others. Valid as long as the value. None: nothing is at fault.
  [[nodiscard]] virtual std::optional<Fault> add_headers(const Row& /*row*/, std::vector<Header>& /*headers*/) {
    return std::nullopt;
  }
};

/// The payload column's bytes as they are; NULL is a tombstone. @throws std::invalid_argument  no payload column
[[nodiscard]] std::unique_ptr<Body> make_payload_body(const ColumnRoles& roles, const Layout& layout);

/// The row as one JSON object, members under the columns' own names (interface.md, wire formats).
///
/// Integers, decimals and floating point become numbers, digits kept; booleans and NULL themselves; timestamps ISO 8601 in UTC;
/// JSON columns are inserted as they are; binary columns become base64; the payload is inserted as it is when it is JSON, whatever
/// its column's type; where it is NULL, the message is a tombstone. A value that is not what its column promises (`NaN`,
/// `infinity`) becomes a string. A text that is not UTF-8 is a fault.
[[nodiscard]] std::unique_ptr<Body> make_row_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

/// The same of these columns alone: a key of several.
[[nodiscard]] std::unique_ptr<Body> make_columns_body(const std::vector<std::string>& columns, const ColumnRoles& roles,
                                                      const Layout& layout);

/// The row as a Connect struct: `{"schema":{...},"payload":{...}}`, as JsonConverter writes it with schemas.enable=true.
///
/// Columns in the order of format row; types as the JDBC source connector maps them, times optionally as Debezium. A NULL payload
/// is a tombstone. A value that its type does not hold is a fault.
[[nodiscard]] std::unique_ptr<Body> make_connect_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

/// CloudEvents 1.0 in Kafka's binary mode: the payload's bytes, the attributes as `ce_` headers.
/// id, type (event_type) and source are required: NULL or "" in them is a fault, as is an attribute that is not UTF-8. subject is
/// aggregate_id; time is created_at, left out where that is no instant.
/// @throws std::invalid_argument  an extra column has no name of an attribute, or one that is taken
[[nodiscard]] std::unique_ptr<Body> make_cloudevents_body(const MessageShape& shape, const ColumnRoles& roles,
                                                          const Layout& layout);

/// CloudEvents 1.0 in structured mode, with the same attributes: one JSON object with the payload in `data` (`data_base64` for a
/// binary column).
[[nodiscard]] std::unique_ptr<Body> make_cloudevents_json_body(const MessageShape& shape, const ColumnRoles& roles,
                                                               const Layout& layout);

/// EventRouter's value: the payload, alone or in an envelope, through the value's converter.
[[nodiscard]] std::unique_ptr<Body> make_debezium_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

}  // namespace relay::encode
