#pragma once

#include "relay/domain/cell.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace relay {

struct Header {
  std::string_view name;
  Cell value;
};

/// What Kafka is to get for one row; views that stay valid until the encoder is asked for the next one.
struct Message {
  std::string_view topic;
  Cell key;    ///< NULL: no key, the producer spreads such messages
  Cell value;  ///< NULL: a tombstone
  std::span<const Header> headers;
  std::optional<std::int64_t> timestamp_ms;  ///< milliseconds since 1970 UTC; none: the time of sending
  std::optional<std::int32_t> partition{};   ///< none: what the key's hash says
};

}  // namespace relay
