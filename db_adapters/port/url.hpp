#pragma once

#include "db_adapters/port/session.hpp"

#include <string>
#include <string_view>

namespace db {

/// What `source.url` says: which driver, and where.
struct Url {
  std::string scheme;  ///< `postgresql`, `mysql`, `sqlite` or `soci`
  Target target;       ///< host, port, database, user, password as far as the URL says; the rest at its defaults
};

/// Reads `postgresql://[user[:password]@]host[:port]/database`, `mysql://...` (percent-encoding decoded, `[::1]` allowed,
/// `?host=/socket/directory` for a socket), `sqlite:/path/file.db`, `soci:BACKEND:CONNECT STRING`. `postgres` and `mariadb` mean
/// the same as `postgresql` and `mysql`.
/// @throws std::invalid_argument  one line that says what is wrong and what is allowed; never with the password in it
[[nodiscard]] Url parse_url(std::string_view text);

/// The URL with its password replaced by `***`; for logs.
[[nodiscard]] std::string redact_url(std::string_view text);

/// TLS may be left out by default: the traffic does not leave the machine (loopback name or address, or a socket).
[[nodiscard]] bool is_local(const Target& target);

}  // namespace db
