#pragma once

#include "tests/e2e/shop.hpp"

#include <thread>

namespace faults {

/// Relays that lose rows: if the books do not show it, the books are wrong.
enum class Broken : std::uint8_t {
  no,
  last_id,  ///< the usual poller: what is above the last id that was seen
  no_gaps,  ///< this relay, which reads forward but finds every gap empty
};

/// Runs such a relay inside this process until it is destroyed; then it has sent what it can see.
class BrokenRelay {
 public:
  BrokenRelay(const e2e::Shop& shop, Broken how);
  ~BrokenRelay() = default;

 private:
  std::jthread thread_;
};

}  // namespace faults
