#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/message_shape.hpp"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace relay::encode {

/// Turns a row into a message. Pure: no I/O, no state but a buffer that is used again.
/// One thread at a time. A row that cannot be encoded is a Fault with Blame::row (or Blame::topic never), not an exception.
class Encoder {
 public:
  virtual ~Encoder() = default;

  /// The message's views stay valid until the next call or the end of the row's claim, whichever comes first.
  [[nodiscard]] virtual std::variant<Message, Fault> encode(const Row& row) = 0;

  /// Topic and key that the row's message has, or would have if the row could be encoded; the topic is empty where the row gives
  /// none, and may be one that Kafka does not allow. For what has to wait behind a row at fault. Valid as long as a message.
  [[nodiscard]] virtual Message address_of(const Row& row) = 0;
};

/// @throws std::invalid_argument  a column that `shape` names is not in the layout, or the topic template is malformed;
///                                the text names the option (message.topic, message.key, message.headers) and the columns there are
[[nodiscard]] std::unique_ptr<Encoder> make_encoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

/// What a row's columns lose by the format, for whoever has to be told: each as `name (declared type)`. Only format connect has no
/// type for some of them (relay/encode/README.md). @throws std::invalid_argument  see make_encoder
[[nodiscard]] std::vector<std::string> columns_left_out(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

}  // namespace relay::encode
