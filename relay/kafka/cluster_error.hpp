#pragma once

#include "relay/domain/fault.hpp"

#include <stdexcept>

namespace relay::kafka {

/// The cluster did not do what was asked of it. `what()` is one line for a person; programs ask the question below.
class ClusterError : public std::runtime_error {
 public:
  explicit ClusterError(const Fault& fault) : std::runtime_error(fault.reason), transient_(fault.blame == Blame::nobody) {}

  /// An outage: waiting and trying again can help without anybody's doing.
  [[nodiscard]] bool transient() const noexcept { return transient_; }

 private:
  bool transient_;
};

}  // namespace relay::kafka
