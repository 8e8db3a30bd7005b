#pragma once

#include "db_adapters/port/dialect.hpp"
#include "db_adapters/port/error.hpp"
#include "db_adapters/port/result_set.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace db {

/// A value bound to a query's placeholder; a view, the caller keeps it alive for the call.
/// Text is UTF-8, times are ISO 8601 in UTC; `Bytes` is for binary columns.
struct Null {};
struct Bytes {
  std::string_view octets;
};
using Parameter = std::variant<Null, std::int64_t, std::string_view, Bytes>;

/// What the server says of itself; read at connect.
struct ServerFacts {
  std::string product;     ///< `PostgreSQL 15.8`, `MySQL 9.7.4`, `MariaDB 10.11.14`, `SQLite 3.40.1`
  bool read_only = false;  ///< a stand-by, a reader, or set read-only
  std::string tls;         ///< `TLSv1.3`; empty: not encrypted
};

/// Wakes a waiting relay when the application says that there is a new row (PostgreSQL's LISTEN).
class Wakeup {
 public:
  virtual ~Wakeup() = default;

  /// Starts listening. Any name is fine, hostile ones included. @throws DbError
  virtual void listen(std::string_view channel) = 0;

  /// Becomes readable when a notification may have come; poll it only between statements, and `take` before: what came with a
  /// statement's reply does not make it readable.
  [[nodiscard]] virtual int fd() const noexcept = 0;

  /// Takes all notifications that have come. @return whether there was any  @throws DbError connection lost
  [[nodiscard]] virtual bool take() = 0;
};

/// One connection to one database, used by one thread at a time; only `cancel` may be called from another.
///
/// What differs between databases and can be said in SQL stands in sql/<dialect>/queries.sql; this class is what is left.
/// Every session runs at READ COMMITTED, in UTC, with UTF-8, with ANSI string literals, in autocommit unless `begin` was called,
/// never prepares statements on the server and sets nothing that a proxy would pin on beyond its connect
/// (facts.md, Aurora). Keep-alive and time-outs are set: a call never hangs on a half-open connection.
///
/// Cells come as text: integers and decimals in digits, booleans `true`/`false`, timestamps `YYYY-MM-DD HH:MM:SS[.ffffff][+00]`
/// with microseconds kept, JSON as the database prints it, binary columns as their raw octets. NULL is not "".
class Session {
 public:
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  virtual ~Session() = default;

  /// Runs a statement and waits for its end.
  /// @param parameters  bound in the order of the query's placeholders
  /// @param max_bytes   a result over that many bytes of cells is given up while it comes in (`too_large`), never held whole
  /// @throws DbError    `connection_lost()`: this session is finished; `in_doubt()`: a change may have happened all the same
  virtual ResultSet run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes = no_limit) = 0;

  /// Opens a read-only transaction in which every statement sees one snapshot (REPEATABLE READ).
  virtual void begin_snapshot() = 0;
  /// Opens an ordinary transaction.
  virtual void begin() = 0;
  /// @throws DbError  `in_doubt()` when the connection broke before the reply came
  virtual void commit() = 0;
  virtual void rollback() = 0;

  /// False once the connection broke; every further call throws.
  [[nodiscard]] virtual bool usable() const noexcept = 0;

  [[nodiscard]] virtual const ServerFacts& facts() const noexcept = 0;

  /// Asks the server to stop the statement that runs now, if any; it ends with `statement_timeout`. From any thread.
  virtual void cancel() noexcept = 0;

  /// None where the database has no notifications.
  [[nodiscard]] virtual Wakeup* wakeup() noexcept { return nullptr; }
};

enum class TlsMode : std::uint8_t { disable, require, verify_ca, verify_full };

/// Where and how to connect. Credentials come with every call: they may have changed since the last (rotation, IAM tokens).
struct Target {
  std::string host;        ///< a name, an address, or a directory with a socket (PostgreSQL) or a socket's path (MySQL)
  std::uint16_t port = 0;  ///< 0: the database's own
  std::string database;    ///< a name, SQLite's file, or for SOCI `BACKEND:CONNECT STRING`
  std::string user;
  std::string password;
  TlsMode tls = TlsMode::verify_full;
  std::string tls_ca;  ///< a PEM file; empty: the system's
  std::chrono::milliseconds connect_timeout{45000};
  /// The longest that `run` may take; then `statement_timeout` or `connection_lost`. A dead connection is noticed within 30 s
  /// (issue 4).
  std::chrono::milliseconds statement_timeout{20000};
  std::chrono::seconds lock_timeout{1};  ///< the longest that a statement may wait for another transaction's lock
};

/// A kind of database: what the registry knows of it.
class Driver {
 public:
  virtual ~Driver() = default;
  /// @throws DbError  `unreachable`, `credentials`, `trust`, `read_only` is not an error here: see facts()
  [[nodiscard]] virtual std::unique_ptr<Session> connect(const Target& target) const = 0;

  /// Known once connected: the mysql driver serves MySQL and MariaDB.
  [[nodiscard]] virtual const Dialect& dialect(const Session& session) const = 0;
};

}  // namespace db
