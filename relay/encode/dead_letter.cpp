#include "relay/encode/dead_letter.hpp"

#include "relay/domain/topic_name.hpp"
#include "relay/encode/columns.hpp"

#include <utility>

namespace relay::encode {

namespace {
constexpr std::string_view placeholder = "{topic}";
}

DeadLetterMaker::DeadLetterMaker(std::string topic, const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
    : template_(std::move(topic)), key_(find_column(shape.key, roles, layout)), payload_(layout.index_of(roles.payload)) {
  for (const auto& name : shape.headers) {
    if (const auto column = find_column(name, roles, layout)) listed_.emplace_back(name, *column);
  }
}

Message DeadLetterMaker::bare(const Row& row) const {
  Message message;
  if (key_) message.key = row.cells[*key_];
  if (payload_) message.value = row.cells[*payload_];
  return message;
}

std::variant<Message, Fault> DeadLetterMaker::make(const Row& row, const Message* message, std::string_view reason) {
  origin_ = message != nullptr ? std::string(message->topic) : "";
  reason_ = reason;
  position_ = std::to_string(row.position);
  topic_ = template_;
  const auto at = topic_.find(placeholder);
  if (at != std::string::npos) topic_.replace(at, placeholder.size(), origin_);
  const bool placeless = at != std::string::npos && origin_.empty();
  if (placeless || !is_topic_name(topic_)) {
    return Fault{Blame::row,
                 "no dead-letter topic can be made of " + template_ + " (outbox.dead-topic) for topic \"" + origin_ + "\""};
  }
  headers_.clear();
  if (message != nullptr) {
    headers_.assign(message->headers.begin(), message->headers.end());
  } else {
    for (const auto& [name, column] : listed_) headers_.push_back({name, row.cells[column]});
  }
  headers_.push_back({"dead.reason", Cell{reason_}});
  headers_.push_back({"dead.topic", message != nullptr ? Cell{origin_} : Cell{}});
  headers_.push_back({"dead.row", Cell{position_}});
  auto letter = message != nullptr ? *message : bare(row);
  letter.topic = topic_;
  letter.headers = headers_;
  return letter;
}

}  // namespace relay::encode
