#include "relay/cli/command.hpp"
#include "relay/config/sources.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int count, char** words) {
  try {
    const std::vector<std::string> arguments(words + std::min(count, 1), words + count);
    return relay::cli::dispatch(arguments, relay::config::process_environment(), std::cout, std::cerr);
  } catch (const std::exception& error) {
    std::cerr << "outbox-relay: " << error.what() << '\n';
    return relay::cli::failed;
  }
}
