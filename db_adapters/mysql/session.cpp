#include "db_adapters/mysql/session.hpp"

#include "db_adapters/mysql/errors.hpp"
#include "db_adapters/mysql/literals.hpp"
#include "db_adapters/mysql/rows.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace db::mysql {

namespace {

/// While it lives, `cancel` has something to end.
class Running {
 public:
  explicit Running(std::atomic<bool>& running) : running_(running) { running_ = true; }
  ~Running() { running_ = false; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::atomic<bool>& running_;
};

/// `10.11.14-MariaDB-log` -> `MariaDB 10.11.14`
std::string product_of(std::string_view version) {
  const bool mariadb = version.find("MariaDB") != std::string_view::npos;
  return (mariadb ? "MariaDB " : "MySQL ") + std::string(version.substr(0, version.find('-')));
}

}  // namespace

MysqlSession::MysqlSession(const Target& target) : connection_(open_connection(target)), socket_(*connection_) {
  socket_.watch();
  set_up(target);
  read_facts();
}

void MysqlSession::set_up(const Target& target) {
  // MariaDB and MySQL have different names for this as a variable.
  execute("connect", "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", false);
  const auto lock_timeout = std::to_string(std::max<std::int64_t>(1, target.lock_timeout.count()));
  const auto milliseconds = target.statement_timeout.count();
  const auto whole = std::to_string(milliseconds);
  const auto fraction = std::to_string(milliseconds / 1000) + "." + std::to_string(1000 + milliseconds % 1000).substr(1);
  // Version comments: only MySQL reads /*!5..*/ above 5.7.0, only MariaDB reads /*M! */.
  // Without a join buffer a settlement's list is looked up row by row: sql/mysql/queries.sql.
  execute("connect",
          "SET NAMES utf8mb4, SESSION autocommit = 1, SESSION time_zone = '+00:00', SESSION sql_safe_updates = 0,"
          " SESSION sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',"
          " SESSION innodb_lock_wait_timeout = " +
              lock_timeout + ", SESSION lock_wait_timeout = " + lock_timeout + "/*!50708 , SESSION max_execution_time = " + whole +
              ", SESSION optimizer_switch = 'block_nested_loop=off' */"
              "/*M! , SESSION max_statement_time = " +
              fraction + ", SESSION join_cache_level = 0 */",
          false);
}

void MysqlSession::read_facts() {
  // The version in the handshake may be a proxy's. MariaDB 12 tells read_only in words, older ones and MySQL in digits.
  const auto server = execute("connect",
                              "SELECT @@global.version,"
                              " CONCAT(@@global.read_only) NOT IN ('0', 'OFF') OR @@global.innodb_read_only",
                              false);
  facts_.product = product_of(server[0][0].bytes());
  facts_.read_only = server[0][1].bytes() == "1";
  if (mysql_get_ssl_cipher(connection_.get()) == nullptr) return;
  const auto tls = execute("connect", "SHOW SESSION STATUS LIKE 'Ssl_version'", false);
  facts_.tls = tls.empty() ? "TLS" : tls[0][1].bytes();
}

ResultSet MysqlSession::run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) {
  const bool backslash_escapes = (connection_->server_status & SERVER_STATUS_NO_BACKSLASH_ESCAPES) == 0;
  const bool changes = transaction_ == Transaction::none && !only_reads(statement.sql);
  return execute(statement.name, with_literals(statement, parameters, backslash_escapes), changes, max_bytes);
}

void MysqlSession::begin_snapshot() {
  execute("begin", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", false);  // of the next transaction alone
  execute("begin", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", false);
  transaction_ = Transaction::snapshot;
}

void MysqlSession::begin() {
  execute("begin", "START TRANSACTION", false);
  transaction_ = Transaction::ordinary;
}

void MysqlSession::commit() {
  const auto ended = std::exchange(transaction_, Transaction::none);
  execute("commit", "COMMIT", ended == Transaction::ordinary);
}

void MysqlSession::rollback() {
  transaction_ = Transaction::none;
  execute("rollback", "ROLLBACK", false);
}

void MysqlSession::cancel() noexcept {
  if (!running_) return;
  cancelled_ = true;
  socket_.shut_down();
}

ResultSet MysqlSession::execute(std::string_view name, std::string_view sql, bool changes, std::size_t max_bytes) {
  if (!usable_) throw DbError(Failure::connection_lost, "", std::string(name) + ": the connection was lost before");
  const Running running(running_);
  if (mysql_real_query(connection_.get(), sql.data(), sql.size()) != 0) throw failed(name, changes);
  return take_result(name, changes, max_bytes);
}

ResultSet MysqlSession::take_result(std::string_view name, bool changes, std::size_t max_bytes) {
  const Result result(mysql_use_result(connection_.get()));
  if (!result) {
    if (mysql_errno(connection_.get()) != 0) throw failed(name, changes);
    return ResultSet(mysql_affected_rows(connection_.get()));
  }
  auto reading = read_rows(*result, max_bytes);
  if (mysql_errno(connection_.get()) != 0) throw failed(name, changes);
  if (reading.rows) return std::move(*reading.rows);
  if (!reading.drained) {
    usable_ = false;
    socket_.shut_down();  // else freeing the result would read it to its end
  }
  throw DbError(Failure::too_large, "", std::string(name) + ": more than " + std::to_string(max_bytes) + " bytes of rows");
}

DbError MysqlSession::failed(std::string_view name, bool changes) {
  auto error = error_of(*connection_, name, changes);
  if (cancelled_)
    error = DbError(Failure::statement_timeout, std::string(error.code()), std::string(name) + ": cancelled", error.in_doubt());
  if (error.connection_lost() || cancelled_) {
    usable_ = false;
    socket_.shut_down();
  }
  return error;
}

}  // namespace db::mysql
