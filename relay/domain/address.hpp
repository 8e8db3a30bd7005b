#pragma once

#include <cstdint>
#include <string>

namespace relay {

/// Where a server listens.
struct Address {
  std::string host;
  std::uint16_t port = 0;

  /// `HOST:PORT`, an IPv6 address in brackets.
  [[nodiscard]] std::string text() const {
    const bool bare = host.find(':') == std::string::npos;
    return (bare ? host : "[" + host + "]") + ":" + std::to_string(port);
  }
};

}  // namespace relay
