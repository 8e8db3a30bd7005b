#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace relay::kafka {

/// librdkafka properties by their own names, as the user set them (the part behind `kafka.`).
/// `NAME-file` reads NAME's value from a file, again for every producer: secrets may be rotated. One line end is cut off.
using Settings = std::map<std::string, std::string, std::less<>>;

/// What the relay sets where the user does not (guarantees.md, librdkafka).
[[nodiscard]] Settings default_settings();

/// The same, but every message goes by itself, and only after the one before it was answered: of two on their way a broker may
/// refuse the first and take the second.
[[nodiscard]] Settings one_by_one(Settings user);

/// Whether the property's value must never be shown. `NAME-file` holds a path and may be.
[[nodiscard]] bool is_secret(std::string_view property) noexcept;

/// Whether librdkafka has a property of that name; `NAME-file` is none of its own.
[[nodiscard]] bool is_known(const std::string& property);

/// Where the tokens for OAUTHBEARER come from.
enum class Tokens : std::uint8_t {
  as_set,   ///< as librdkafka's own properties say, if at all
  command,  ///< kafka.oauth-command: the mechanism and the protocol have to be set for it
};

/// Says whether a producer can be made with these settings: one that connects to nobody is made, and goes again.
/// @throws std::invalid_argument  an unknown property, a bad value, an unreadable file, a certificate or mechanism that cannot be
///                                used, kafka.bootstrap.servers missing, or a value that breaks a promise; one line that names
///                                the property and the reason
void check_settings(const Settings& user, Tokens tokens = Tokens::as_set);

}  // namespace relay::kafka
