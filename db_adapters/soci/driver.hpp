#pragma once

#include "db_adapters/port/session.hpp"

#include <memory>

namespace db::soci_adapter {

/// SQLite; `target.database` is a file that exists (an empty one is an empty database), user, password and TLS mean nothing.
[[nodiscard]] std::unique_ptr<Driver> sqlite_driver();

/// What SOCI has backends for: `target.database` is `odbc:CONNECT STRING` or `firebird:CONNECT STRING`. User and password
/// are added to the connect string where they are given; TLS is the connect string's own matter.
/// The backends are loaded when they are first used; one that is not installed is `missing_object` and names its package.
[[nodiscard]] std::unique_ptr<Driver> soci_driver();

}  // namespace db::soci_adapter
