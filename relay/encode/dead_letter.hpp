#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace relay::encode {

/// Makes the message that goes to the dead-letter topic in place of one that cannot be sent (outbox.on-bad-row = topic).
///
/// Key, value and headers are those of the row's own message; where the row could not be encoded, the key column, the payload
/// column's bytes and the headers of the listed columns. The headers `dead.reason`, `dead.topic` and `dead.row` come on top.
class DeadLetterMaker {
 public:
  /// @param topic  a topic's name; `{topic}` in it stands for the topic that the row was for
  DeadLetterMaker(std::string topic, const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

  /// @param message  the row's own; null: it could not be encoded
  /// @return valid until the next call or the end of what it was made of. Fault: there is no topic for it
  [[nodiscard]] std::variant<Message, Fault> make(const Row& row, const Message* message, std::string_view reason);

 private:
  [[nodiscard]] Message bare(const Row& row) const;

  std::string template_;
  std::optional<std::size_t> key_;
  std::optional<std::size_t> payload_;
  std::vector<std::pair<std::string, std::size_t>> listed_;

  std::string topic_;
  std::string origin_;
  std::string reason_;
  std::string position_;
  std::vector<Header> headers_;
};

}  // namespace relay::encode
