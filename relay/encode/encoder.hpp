#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace relay::encode {

/// Which bytes become a message's value (interface.md, message.format).
enum class Format : std::uint8_t { payload, row };

/// What a message is made of, by column name as it stands in the layout.
struct MessageShape {
  std::string topic = "{aggregate_type}";  ///< a constant, or a template over columns
  std::string key = "aggregate_id";        ///< a column
  Format format = Format::payload;
  bool timestamp_from_created_at = true;                    ///< else the time of sending
  std::vector<std::string> headers = {"id", "event_type"};  ///< columns; each header has its column's role as name
};

/// The names under which the outbox's own columns stand in the layout.
struct ColumnRoles {
  std::string id = "id";
  std::string aggregate_type = "aggregate_type";
  std::string aggregate_id = "aggregate_id";
  std::string event_type = "event_type";
  std::string payload = "payload";
  std::string headers = "headers";  ///< may be missing in the layout
  std::string created_at = "created_at";
};

/// Turns a row into a message. Pure: no I/O, no state but a buffer that is used again.
/// One thread at a time. A row that cannot be encoded is a Fault with Blame::row (or Blame::topic never), not an exception.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// The message's views stay valid until the next call or the end of the row's claim, whichever comes first.
  [[nodiscard]] virtual std::variant<Message, Fault> encode(const Row& row) = 0;
};

/// @throws std::invalid_argument  a column that `shape` names is not in the layout, or the topic template is malformed;
///                                the text names the option (message.topic, message.key, message.headers) and the columns there are
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

}  // namespace relay::encode
