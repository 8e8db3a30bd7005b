#include "relay/kafka/token.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace relay::kafka {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using std::chrono::system_clock;

constexpr auto unknown_life = seconds{300};
constexpr auto* unknown_principal = "outbox-relay";

std::string decode_base64url(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos) return {};
    bits = (bits << 6) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>((bits >> count) & 0xffU);
  }
  return bytes;
}

/// The claims of a JSON Web Token (RFC 7519); of anything else, none.
json claims_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return json::object();
  auto claims = json::parse(decode_base64url(token.substr(first + 1, second - first - 1)), nullptr, false);
  return claims.is_object() ? claims : json::object();
}

std::optional<seconds> seconds_in(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return seconds{found->get<std::int64_t>()};
}

std::string text_in(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

Token parse_token(std::string_view printed, system_clock::time_point now) {
  const auto answer = printed.starts_with('{') ? json::parse(printed, nullptr, false) : json::object();
  Token token;
  token.value = printed.starts_with('{') ? text_in(answer.is_object() ? answer : json::object(), "access_token") : printed;
  if (token.value.empty()) throw std::invalid_argument("there is no access_token in the JSON that it printed");
  if (token.value.find_first_of(" \t\r\n") != std::string::npos)
    throw std::invalid_argument("it printed more than a token: nothing but the token, or JSON with access_token, is wanted");

  const auto claims = claims_of(token.value);
  token.principal = text_in(claims, "sub");
  if (token.principal.empty()) token.principal = unknown_principal;
  if (const auto at = seconds_in(claims, "exp")) {
    token.expires_at = system_clock::time_point{*at};
  } else {
    token.expires_at = now + seconds_in(answer, "expires_in").value_or(unknown_life);
  }
  if (token.expires_at <= now) throw std::invalid_argument("the token has expired already");
  return token;
}

}  // namespace relay::kafka
