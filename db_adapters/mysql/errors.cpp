#include "db_adapters/mysql/errors.hpp"

#include "db_adapters/mysql/tls.hpp"

#include <algorithm>
#include <array>
#include <errmsg.h>
#include <utility>

namespace db::mysql {

namespace {

constexpr unsigned int plugin_not_allowed = 5010;  ///< Connector/C alone has it

struct Meaning {
  unsigned int code;
  Failure failure;
};

/// By number: the two libraries name different codes, and each server knows some that the other's header lacks. Sorted.
constexpr auto meanings = std::to_array<Meaning>({
    {1020, Failure::deadlock},  // changed since last read (MariaDB's snapshot isolation)
    {1022, Failure::duplicate_key},
    {1040, Failure::unreachable},  // too many connections
    {1042, Failure::unreachable},  // bad host
    {1044, Failure::privilege},    // no access to this database
    {1045, Failure::credentials},
    {1047, Failure::unreachable},      // Galera: the node is not ready
    {1048, Failure::bad_value},        // column cannot be null
    {1049, Failure::missing_object},   // database
    {1051, Failure::missing_object},   // table, in DDL
    {1053, Failure::connection_lost},  // server shutdown
    {1054, Failure::missing_object},   // column
    {1062, Failure::duplicate_key},
    {1072, Failure::missing_object},   // key column
    {1077, Failure::connection_lost},  // server shutdown
    {1079, Failure::connection_lost},  // server shutdown
    {1109, Failure::missing_object},   // table, in information_schema: a plugin that is not installed
    {1130, Failure::credentials},      // not from this host
    {1142, Failure::privilege},        // command on a table
    {1143, Failure::privilege},        // column
    {1146, Failure::missing_object},   // table
    {1152, Failure::connection_lost},  // aborted
    {1153, Failure::bad_value},        // statement over max_allowed_packet
    {1158, Failure::connection_lost},  // network
    {1159, Failure::connection_lost},  // network
    {1160, Failure::connection_lost},  // network
    {1161, Failure::connection_lost},  // network
    {1176, Failure::missing_object},   // index
    {1184, Failure::connection_lost},  // aborted
    {1203, Failure::unreachable},      // the user has too many connections
    {1205, Failure::lock_timeout},
    {1213, Failure::deadlock},
    {1226, Failure::unreachable},  // the user is over a limit
    {1227, Failure::privilege},
    {1251, Failure::credentials},        // authentication protocol
    {1264, Failure::bad_value},          // out of range
    {1265, Failure::bad_value},          // truncated
    {1290, Failure::read_only},          // --read-only, --super-read-only
    {1292, Failure::bad_value},          // incorrect value
    {1300, Failure::bad_value},          // not UTF-8
    {1305, Failure::missing_object},     // function
    {1317, Failure::statement_timeout},  // KILL QUERY
    {1364, Failure::bad_value},          // no default
    {1366, Failure::bad_value},          // incorrect value
    {1370, Failure::privilege},          // routine
    {1406, Failure::bad_value},          // too long
    {1411, Failure::bad_value},          // incorrect value for a function
    {1524, Failure::credentials},        // authentication plugin
    {1586, Failure::duplicate_key},
    {1614, Failure::deadlock},        // XA
    {1683, Failure::missing_object},  // performance schema is off
    {1690, Failure::bad_value},       // out of range
    {1698, Failure::credentials},
    {1772, Failure::missing_object},  // raised by gap_writers: metadata locks are not
                                      // instrumented
    {1792, Failure::read_only},       // read-only transaction
    {1820, Failure::credentials},     // password has to be changed
    {1836, Failure::read_only},
    {1862, Failure::credentials},        // password has expired
    {1874, Failure::read_only},          // InnoDB
    {1927, Failure::connection_lost},    // MariaDB: KILL CONNECTION
    {1969, Failure::statement_timeout},  // MariaDB: max_statement_time
    {2001, Failure::unreachable},        // socket
    {2002, Failure::unreachable},        // socket, and any connection in Connector/C
    {2003, Failure::unreachable},        // host
    {2004, Failure::unreachable},        // socket
    {2005, Failure::unreachable},        // DNS
    {2006, Failure::connection_lost},    // before the statement was sent
    {2012, Failure::unreachable},        // handshake
    {2013, Failure::connection_lost},
    {2026, Failure::trust},                      // TLS
    {2049, Failure::credentials},                // authentication plugin
    {2058, Failure::credentials},                // authentication plugin
    {2059, Failure::credentials},                // authentication plugin
    {2061, Failure::credentials},                // authentication plugin
    {3024, Failure::statement_timeout},          // MySQL: max_execution_time
    {3032, Failure::unreachable},                // offline mode
    {3101, Failure::deadlock},                   // group replication
    {3118, Failure::credentials},                // account is locked
    {3140, Failure::bad_value},                  // JSON
    {3159, Failure::trust},                      // the server insists on TLS
    {3169, Failure::connection_lost},            // MySQL: KILL CONNECTION
    {3572, Failure::lock_timeout},               // NOWAIT
    {3819, Failure::bad_value},                  // MySQL: CHECK
    {3948, Failure::privilege},                  // LOCAL INFILE
    {4025, Failure::bad_value},                  // MariaDB: CHECK
    {4031, Failure::connection_lost},            // idle for too long
    {4151, Failure::credentials},                // MariaDB: account is locked
    {plugin_not_allowed, Failure::credentials},  // authentication plugin that Connector/C was not allowed
    {5012, Failure::credentials},                // authentication plugin
});
static_assert(std::ranges::is_sorted(meanings, {}, &Meaning::code));

/// A proxy's own (ProxySQL: 9001, RDS Proxy: 9501): it has no server at the moment, or lost it. No server sends such.
constexpr bool from_proxy(unsigned int code) noexcept {
  return code / 1000 == 9;
}

/// Errors of the client library: 2000 to 2999, and Connector/C's own from 5000 on. No server sends such.
constexpr bool from_library(unsigned int code) noexcept {
  return code / 1000 == 2 || code / 1000 == 5;
}

/// A certificate that was refused and a server that went away in the handshake have the same number: only the text tells an
/// operator's matter from an outage. These words are in what both libraries and OpenSSL say of the former.
bool refused_in_tls(std::string_view text) noexcept {
  constexpr auto words =
      std::to_array<std::string_view>({"certificate", "required", "ost name", "ostname", "alidation", "erification"});
  return std::ranges::any_of(words, [text](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

/// The server's numbers and the client library's alike.
Failure failure_of(MYSQL& connection) noexcept {
  const auto code = mysql_errno(&connection);
  const auto* const meaning = std::ranges::lower_bound(meanings, code, {}, &Meaning::code);
  if (meaning != meanings.end() && meaning->code == code) return meaning->failure;
  if (from_proxy(code)) return Failure::unreachable;
  const bool misunderstood = std::string_view(mysql_sqlstate(&connection)).starts_with("42");
  return misunderstood ? Failure::bad_statement : Failure::other;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return line;
}

DbError error_of(MYSQL& connection, std::string_view what_ran, bool changes) {
  const auto code = mysql_errno(&connection);
  // What the library says by itself, once connected, is that it lost the thread: under TLS with the number of a failed handshake.
  const auto failure = from_library(code) ? Failure::connection_lost : failure_of(connection);
  // "Server has gone away" is said when the statement could not be sent whole: the server never had it.
  const bool lost = (failure == Failure::connection_lost && code != CR_SERVER_GONE_ERROR) || from_proxy(code);
  return {failure, std::to_string(code), std::string(what_ran) + ": " + one_line(mysql_error(&connection)), changes && lost};
}

DbError connect_error(MYSQL& connection, std::string_view where) {
  const auto code = mysql_errno(&connection);
  auto failure = failure_of(connection);
  const bool refused = refused_certificate(connection) || refused_in_tls(mysql_error(&connection));
  const bool unknown = from_library(code) && failure == Failure::other;
  const bool outage = failure == Failure::connection_lost || unknown || (code == CR_SSL_CONNECTION_ERROR && !refused);
  if (outage) failure = Failure::unreachable;
  auto what = std::string(where) + ": " + one_line(mysql_error(&connection));
  if (code == plugin_not_allowed) what += " A password in the clear is sent only where TLS is verify-full.";
  return {failure, std::to_string(code), what};
}

}  // namespace db::mysql
