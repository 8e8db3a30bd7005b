#pragma once

#include "db_adapters/mysql/handle.hpp"
#include "db_adapters/port/session.hpp"

namespace db::mysql {

/// Connects and logs in; nothing is set on the session yet.
///
/// `require` and stricter never send a row unencrypted. A password in the clear (`mysql_clear_password`: IAM tokens, PAM) is sent
/// only at `verify_full`, to a server whose certificate and name were checked.
/// @throws DbError  `unreachable`, `credentials`, `trust` and what else the server says
[[nodiscard]] Handle open_connection(const Target& target);

/// The connection's socket under a number of its own: it stays valid, and means this connection, whatever the library does with its
/// own.
class Socket {
 public:
  explicit Socket(MYSQL& connection);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  /// Keep-alive, and the end of what the other side does not acknowledge: a half-open connection is noticed.
  void watch() const noexcept;

  /// Ends the connection in both directions; whoever waits for it wakes up. From any thread.
  void shut_down() const noexcept;

 private:
  int descriptor_;
};

}  // namespace db::mysql
