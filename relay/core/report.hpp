#pragma once

#include "relay/core/link.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/reign.hpp"
#include "relay/core/status.hpp"
#include "relay/domain/open_gaps.hpp"

#include <string>
#include <string_view>

namespace relay::core {

/// What a loop tells of itself: its status twice a second, and one line for each change that an operator should know of.
class Report {
 public:
  /// @param observer  outlives the report
  explicit Report(Observer& observer) : observer_(observer) {}

  /// What is known now; told with the next beat.
  [[nodiscard]] Status& status() noexcept { return status_; }

  /// The connection over which the table is read.
  void database(const LinkChange& change);
  /// The one over which rows are settled. A new one says little, since each task may fail: the outage lasts until one is done.
  void settling(const LinkChange& change);
  void settling_works();
  /// Any other one. @param name  for people
  void link(std::string_view name, const LinkChange& change);
  /// @param outage  why it cannot be used now; empty: it can
  void kafka(const std::string& outage);

  void lease(const LeaseSeen& seen);
  void begun(const Reign& reign);
  void ended(const Reign& reign);
  void stands_by(const Reign& reign);

  [[nodiscard]] bool due(Instant now) const noexcept { return now >= next_; }
  [[nodiscard]] Instant next() const noexcept { return next_; }
  /// The next beat comes at once.
  void hurry() noexcept { next_ = {}; }
  void beat(Instant now);

 private:
  void tell_outage();

  Observer& observer_;
  std::string reading_outage_;
  std::string settling_outage_;
  Status status_;
  Instant next_;
};

}  // namespace relay::core
