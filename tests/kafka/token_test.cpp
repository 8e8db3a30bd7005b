#include "relay/kafka/token.hpp"

#include "relay/kafka/settings.hpp"
#include "tests/support/catch.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using relay::kafka::parse_token;

namespace {

const std::chrono::system_clock::time_point now{std::chrono::seconds{1'000'000'000}};

// {"alg":"none"} . {"sub":"relay-1","exp":1000000600,"scope":"a?b>c"}: the octets of the claims need both `-` and `_`
const std::string jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyZWxheS0xIiwiZXhwIjoxMDAwMDAwNjAwLCJzY29wZSI6ImE_Yj5jIn0.";

std::string refusal(const std::string& printed) {
  try {
    (void)parse_token(printed, now);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a JWT says itself whose it is and when it expires") {
  const auto token = parse_token(jwt, now);
  CHECK(token.value == jwt);
  CHECK(token.principal == "relay-1");
  CHECK(token.expires_at - now == 600s);
}

TEST_CASE("a token endpoint's answer may be printed as it is") {
  const auto token = parse_token(R"({"access_token":"opaque","token_type":"Bearer","expires_in":3600})", now);
  CHECK(token.value == "opaque");
  CHECK(token.expires_at - now == 3600s);
  CHECK(parse_token(R"({"access_token":")" + jwt + R"(","expires_in":5})", now).expires_at - now == 600s);
}

TEST_CASE("a token of which nothing is known is renewed as if it lived for five minutes") {
  for (const std::string opaque : {"aHR0cHM6Ly9rYWZrYQ", "not.json.atall", "a.b", "eyJ.W10.x"}) {
    const auto token = parse_token(opaque, now);
    CHECK(token.value == opaque);
    CHECK(token.principal == "outbox-relay");
    CHECK(token.expires_at - now == 300s);
  }
}

TEST_CASE("what is no token is refused with a reason that does not show it") {
  CHECK(refusal(R"({"error":"hunter2"})").find("access_token") != std::string::npos);
  CHECK(refusal(R"({"access_token":"hunter2")").find("access_token") != std::string::npos);
  CHECK(refusal("hunter2 and more").find("more than a token") != std::string::npos);
  CHECK(refusal(R"({"access_token":"t","expires_in":0})").find("expired") != std::string::npos);
  CHECK(refusal("hunter2 and more").find("hunter2") == std::string::npos);
}

TEST_CASE("a token command wants the mechanism and a protocol that use tokens") {
  using namespace relay::kafka;
  const Settings right{{"bootstrap.servers", "b:1"}, {"security.protocol", "sasl_plaintext"}, {"sasl.mechanism", "OAUTHBEARER"}};
  CHECK_NOTHROW(check_settings(right, Tokens::command));
  for (const auto& [name, value] :
       Settings{{"security.protocol", "ssl"}, {"sasl.mechanism", "PLAIN"}, {"sasl.oauthbearer.method", "oidc"}}) {
    auto wrong = right;
    wrong[name] = value;
    CHECK_THROWS_AS(check_settings(wrong, Tokens::command), std::invalid_argument);
  }
}
