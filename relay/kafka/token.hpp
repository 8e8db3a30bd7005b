#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace relay::kafka {

/// A bearer token for SASL's OAUTHBEARER (RFC 7628).
struct Token {
  std::string value;
  std::string principal;
  std::chrono::system_clock::time_point expires_at;
};

/// Gets a token that is good now. Asked when a client starts and again when four fifths of a token's life are over, on a thread
/// of librdkafka's: it may take its time. Throws std::exception where there is none; librdkafka asks again after ten seconds.
using TokenSource = std::function<Token()>;

/// What token helpers print: the token itself, or a token endpoint's answer (RFC 6749, section 5.1) with `access_token` and
/// perhaps `expires_in`. A JWT says itself when it expires (`exp`) and whose it is (`sub`); of any other nothing is known, so it
/// is renewed as if it lived for five minutes.
/// @throws std::invalid_argument  there is no token in it, or it has expired; one line without the token
[[nodiscard]] Token parse_token(std::string_view printed, std::chrono::system_clock::time_point now);

}  // namespace relay::kafka
