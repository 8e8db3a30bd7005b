#include "relay/config/oauth_command.hpp"

#include "relay/config/child_process.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace relay::config {

kafka::TokenSource tokens_printed_by(std::string command) {
  if (command.empty()) return {};
  return [command = std::move(command)] {
    try {
      return kafka::parse_token(secret_printed_by(command, std::chrono::seconds(10)), std::chrono::system_clock::now());
    } catch (const NoSecret& none) {
      throw std::runtime_error(std::string("kafka.oauth-command ") + none.what() + "; its own messages are on standard error");
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error(std::string("kafka.oauth-command: ") + error.what());
    }
  };
}

}  // namespace relay::config
