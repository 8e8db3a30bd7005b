#include "db_adapters/mysql/connection.hpp"

#include "db_adapters/mysql/errors.hpp"
#include "db_adapters/mysql/tls.hpp"

#include <algorithm>
#include <chrono>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace db::mysql {

namespace {

using std::chrono::ceil;
using std::chrono::seconds;

constexpr std::uint16_t default_port = 3306;
constexpr unsigned long largest_packet = 1UL << 30;  ///< the protocol's own limit for a value
constexpr seconds reply_margin{3};  ///< the server ends a statement at its time-out by itself: that answer shall still come through

bool is_socket_path(const Target& target) {
  return target.host.starts_with('/');
}

std::string where(const Target& target) {
  return is_socket_path(target) ? target.host : target.host + ":" + std::to_string(target.port == 0 ? default_port : target.port);
}

void set(MYSQL& connection, mysql_option option, seconds time) {
  const auto count = static_cast<unsigned int>(std::max(time, seconds(1)).count());
  mysql_options(&connection, option, &count);
}

#ifdef MARIADB_PACKAGE_VERSION_ID

int descriptor_of(MYSQL& connection) {
  return mysql_get_socket(&connection);
}

#else

int descriptor_of(MYSQL& connection) {
  return connection.net.fd;
}

#endif

void set_options(MYSQL& connection, const Target& target) {
  set(connection, MYSQL_OPT_CONNECT_TIMEOUT, ceil<seconds>(target.connect_timeout));
  set(connection, MYSQL_OPT_READ_TIMEOUT, ceil<seconds>(target.statement_timeout) + reply_margin);
  set(connection, MYSQL_OPT_WRITE_TIMEOUT, ceil<seconds>(target.statement_timeout) + reply_margin);
  const unsigned int protocol = is_socket_path(target) ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  mysql_options(&connection, MYSQL_OPT_PROTOCOL, &protocol);
  const unsigned int no_files = 0;  // a hostile server could ask for any
  mysql_options(&connection, MYSQL_OPT_LOCAL_INFILE, &no_files);
  mysql_options(&connection, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest_packet);
  mysql_options(&connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set_tls(connection, target, where(target));
}

}  // namespace

Handle open_connection(const Target& target) {
  static const bool library_ready = mysql_library_init(0, nullptr, nullptr) == 0;  // by itself it would not be thread-safe
  Handle connection(library_ready ? mysql_init(nullptr) : nullptr);
  if (!connection) throw DbError(Failure::other, "", "the MySQL client library cannot start");
  set_options(*connection, target);
  const bool local = is_socket_path(target);
  // Found rows: an UPDATE that sets what is there already counts its row, as in other databases.
  if (mysql_real_connect(connection.get(), local ? nullptr : target.host.c_str(), target.user.c_str(), target.password.c_str(),
                         target.database.empty() ? nullptr : target.database.c_str(), target.port == 0 ? default_port : target.port,
                         local ? target.host.c_str() : nullptr, CLIENT_FOUND_ROWS) == nullptr) {
    throw connect_error(*connection, where(target));
  }
  if (target.tls != TlsMode::disable && mysql_get_ssl_cipher(connection.get()) == nullptr) {
    throw DbError(Failure::trust, "", where(target) + ": TLS is required, but the server does not offer it");
  }
  return connection;
}

Socket::Socket(MYSQL& connection) : descriptor_(::dup(descriptor_of(connection))) {}

Socket::~Socket() {
  ::close(descriptor_);
}

void Socket::watch() const noexcept {
  const auto set = [this](int level, int option, int value) { ::setsockopt(descriptor_, level, option, &value, sizeof value); };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30000);
}

void Socket::shut_down() const noexcept {
  ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace db::mysql
