#pragma once

#include <cstdint>

namespace e2e {

/// Nobody else's, among those who draw as tests/support/servers.sh does, until it is gone; below the ephemeral ones.
class Port {
 public:
  Port();
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  [[nodiscard]] std::uint16_t number() const { return number_; }

 private:
  std::uint16_t number_;
};

}  // namespace e2e
