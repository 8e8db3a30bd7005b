#pragma once

#include "relay/config/values.hpp"
#include "relay/encode/message_shape.hpp"

namespace relay::config {

/// outbox.preset: gives options that nobody set the defaults of the preset.
void apply_preset(Values& values);

/// Defaults of message.* that depend on message.format or on each other.
void set_message_defaults(Values& values);

/// What the options of message.* and outbox.* say about messages.
/// @throws ConfigError  also for options that contradict each other
[[nodiscard]] encode::MessageShape message_shape(const Values& values);

}  // namespace relay::config
