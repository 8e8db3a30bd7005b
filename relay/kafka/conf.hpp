#pragma once

#include "relay/kafka/handles.hpp"
#include "relay/kafka/settings.hpp"
#include "relay/kafka/token.hpp"

#include <string>
#include <string_view>

namespace relay::kafka {

/// Sets one property. @throws std::invalid_argument librdkafka's own reason in one line, with the property's name as `kafka.NAME`
void set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value);

/// The value in force; empty when there is none.
[[nodiscard]] std::string property(const rd_kafka_conf_t* conf, const std::string& name);

/// The settings with every `NAME-file` replaced by NAME and the file's content. @throws std::invalid_argument  see check_settings
[[nodiscard]] Settings with_files_read(const Settings& user);

/// The relay's defaults and the user's settings over them. @throws std::invalid_argument see check_settings
[[nodiscard]] Conf producer_conf(const Settings& user);

/// The conf goes into the client. @throws std::invalid_argument properties that contradict each other, unreadable certificates
[[nodiscard]] Client make_client(rd_kafka_type_t type, Conf conf);

/// A client that is made of this conf asks for its tokens by this callback, which gets the conf's opaque pointer.
/// @throws std::invalid_argument  the settings do not say that tokens are wanted
void use_tokens(rd_kafka_conf_t* conf, void (*refresh)(rd_kafka_t* client, const char* config, void* opaque));

/// Gives the client a token, or the reason why there is none: what such a callback does.
void refresh_token(rd_kafka_t* client, const TokenSource& tokens) noexcept;

}  // namespace relay::kafka
