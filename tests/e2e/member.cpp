#include "tests/e2e/member.hpp"

#include "tests/observe/client.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace e2e {
namespace {

std::vector<std::string> listening(std::vector<std::string> words, std::uint16_t port) {
  std::ranges::replace(words, std::string("--http.listen="), "--http.listen=127.0.0.1:" + std::to_string(port));
  return words;
}

}  // namespace

Member::Member(std::vector<std::string> words) : process_(listening(std::move(words), port_.number())) {}

std::optional<double> Member::metric(const std::string& name) const {
  try {
    const auto text = test::request(port_.number(), "GET", "/metrics").body;
    const auto at = text.find("\noutbox_relay_" + name + " ");
    if (at == std::string::npos) return std::nullopt;
    return std::stod(text.substr(text.find(' ', at)));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool Member::answers(std::string_view path) const {
  try {
    return test::request(port_.number(), "GET", path).code == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace e2e
