#pragma once

#include "db_adapters/mysql/handle.hpp"
#include "db_adapters/port/session.hpp"

#include <string_view>

namespace db::mysql {

/// How the connection is to be encrypted, and what of the server's certificate is verified: to be called before it connects.
///
/// `verify_ca` wants a certificate of the given authority (none given: of the system's), `verify_full` also the host's name in it.
/// Connector/C looks for no name on a unix socket nor, from 3.4 on, where the host is 127.0.0.1 or ::1. From 3.4 on it wants the
/// name at `verify_ca` too, unless it is a 3.4 from 3.4.2 on, built with OpenSSL, and this was built against one as well.
/// @param where  the server, for messages
/// @throws DbError  `trust`: there is nothing to verify with
void set_tls(MYSQL& connection, const Target& target, std::string_view where);

/// Whether an attempt to connect ended because the server's certificate was refused. Before Connector/C 3.4.2, and with Oracle's
/// library, only the error's text tells.
[[nodiscard]] bool refused_certificate(const MYSQL& connection) noexcept;

}  // namespace db::mysql
