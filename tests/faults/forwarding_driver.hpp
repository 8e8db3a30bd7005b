#pragma once

#include "db_adapters/port/session.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace faults {

/// What stands between a relay and its database. Called from several threads at once.
struct Interference {
  /// Before every connect; may throw.
  std::function<void()> connecting = [] {};

  /// In place of every statement, begin, commit and rollback: `proceed` does what was asked for; may throw instead.
  /// An error with `connection_lost()` that it throws ends the session.
  std::function<db::ResultSet(std::string_view name, const std::function<db::ResultSet()>& proceed)> running =
      [](std::string_view /*name*/, const std::function<db::ResultSet()>& proceed) { return proceed(); };
};

/// A driver that hands everything on to another one, with interference.
[[nodiscard]] std::shared_ptr<const db::Driver> forwarding_driver(std::shared_ptr<const db::Driver> driver,
                                                                  Interference interference);

}  // namespace faults
