#include "db_adapters/soci/odbc.hpp"

#include "db_adapters/soci/backend.hpp"
#include "db_adapters/soci/errors.hpp"

#include <array>
#include <mutex>

#include <soci/odbc/soci-odbc.h>
#include <soci/version.h>

namespace db::soci_adapter {

namespace {

/// In braces where it has to be, as ODBC quotes values: a closing one is doubled. psqlODBC takes needless ones for a part of the
/// value.
std::string quoted(const std::string& value) {
  if (value.find_first_of(";{}") == std::string::npos && value.front() != ' ' && value.back() != ' ') return value;
  std::string text = "{";
  for (const char c : value) {
    text += c;
    if (c == '}') text += c;
  }
  return text + "}";
}

std::string with_odbc_credentials(std::string connect_string, const Target& target) {
  if (!target.user.empty()) connect_string += ";UID=" + quoted(target.user);
  if (!target.password.empty()) connect_string += ";PWD=" + quoted(target.password);
  return connect_string;
}

std::string state_of(const soci::soci_error& error) {
#if SOCI_VERSION >= 400100
  return error.get_sqlstate();
#else
  const auto* const known = dynamic_cast<const soci::odbc_soci_error*>(&error);
  return known != nullptr ? reinterpret_cast<const char*>(known->odbc_error_code()) : "";
#endif
}

/// psqlODBC says 08001 whatever the server answered; only the text tells an outage from a refusal.
Failure refusal(std::string_view text) {
  for (const auto* phrase : {"authentication failed", "no password supplied", "no pg_hba.conf entry"}) {
    if (text.find(phrase) != std::string_view::npos) return Failure::credentials;
  }
  for (const auto* phrase : {"certificate verify failed", "root certificate", "does not support SSL"}) {
    if (text.find(phrase) != std::string_view::npos) return Failure::trust;
  }
  const bool no_database =
      text.find("database \"") != std::string_view::npos && text.find("does not exist") != std::string_view::npos;
  return no_database ? Failure::missing_object : Failure::unreachable;
}

/// Until 2.3.13 unixODBC keeps in an unguarded global which ini file it reads: of sessions that connect at once, one may be told
/// that its driver does not exist.
soci::session open_odbc(const std::string& connect_string, const Target& target) {
  static std::mutex connecting;
  const std::lock_guard alone(connecting);
  auto parameters = load_backend("odbc", with_odbc_credentials(connect_string, target));
  parameters.set_option("odbc.driver_complete", "0");  // SQL_DRIVER_NOPROMPT
  try {
    return soci::session(parameters);
  } catch (const soci::soci_error& error) {
    const auto state = state_of(error);
    auto failure = odbc_failure(state, 0);
    if (state == "08001") failure = refusal(error.get_error_message());
    if (failure == Failure::connection_lost || failure == Failure::other) failure = Failure::unreachable;
    throw DbError(failure, state, "ODBC: " + one_line(error.get_error_message()));
  }
}

/// Times in UTC and a bound on waiting for locks, for the products that have words for them.
std::vector<std::string> set_up_of(std::string_view product, const Target& target) {
  const auto seconds = std::to_string(target.lock_timeout.count());
  if (product.starts_with("PostgreSQL")) return {"SET TIME ZONE 'UTC'", "SET lock_timeout = '" + seconds + "s'"};
  if (product.starts_with("Microsoft SQL Server")) return {"SET LOCK_TIMEOUT " + seconds + "000"};
  if (product.starts_with("DB2")) return {"SET CURRENT LOCK TIMEOUT " + seconds};
  if (product.starts_with("Oracle")) {
    return {
        "ALTER SESSION SET TIME_ZONE = 'UTC' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6'"
        " NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF6TZH:TZM'"};
  }
  return {};
}

}  // namespace

OdbcSession::OdbcSession(const std::string& connect_string, const Target& target)
    : session_(open_odbc(connect_string, target)),
      context_{api_, session_, running_, std::chrono::ceil<std::chrono::seconds>(target.statement_timeout), false} {
  const auto product = info(SQL_DBMS_NAME);
  context_.numbers_as_text = product.starts_with("Oracle");
  known().product = product + " " + info(SQL_DBMS_VER);
  known().read_only = info(SQL_DATA_SOURCE_READ_ONLY) == "Y";
  isolate(SQL_TXN_READ_COMMITTED);  // a database that has no such level has a stricter one
  guarded("connect", false, [&] { set_up(target); });
}

OdbcSession::~OdbcSession() {
  // A connection with an open transaction cannot be closed, and SOCI's destructor throws then.
  try {
    if (transaction() != Transaction::none) session_.rollback();
  } catch (const soci::soci_error&) {  // it is lost, and closing it succeeds
  }
}

void OdbcSession::set_up(const Target& target) {
  const auto seconds = static_cast<std::uintptr_t>(context_.statement_timeout.count());
  api_.set_connect_attr(connection(), SQL_ATTR_CONNECTION_TIMEOUT, attribute(seconds), 0);
  for (const auto& statement : set_up_of(known().product, target)) execute(statement);
}

SQLHDBC OdbcSession::connection() {
  return static_cast<soci::odbc_session_backend*>(session_.get_backend())->hdbc_;
}

std::string OdbcSession::info(SQLUSMALLINT what) {
  std::array<char, 256> text{};
  SQLSMALLINT length = 0;
  api_.get_info(connection(), what, text.data(), static_cast<SQLSMALLINT>(text.size()), &length);
  return one_line(text.data());
}

bool OdbcSession::isolate(std::uintptr_t level) {
  return !api_.failed(api_.set_connect_attr(connection(), SQL_ATTR_TXN_ISOLATION, attribute(level), 0));
}

std::unique_ptr<Cursor> OdbcSession::prepare(std::string_view sql) {
  if (sql.starts_with("{call SQLColumns(")) return std::make_unique<OdbcTableColumns>(context_);
  return std::make_unique<OdbcCursor>(context_, sql);
}

void OdbcSession::start(Transaction kind) {
  if (kind == Transaction::snapshot && !isolate(SQL_TXN_REPEATABLE_READ) && !isolate(SQL_TXN_SERIALIZABLE))
    throw api_.error_of(SQL_HANDLE_DBC, connection());
  session_.begin();
}

void OdbcSession::end(Transaction kind, bool commit) {
  if (kind == Transaction::none) return;
  if (commit)
    session_.commit();
  else
    session_.rollback();
  if (kind == Transaction::snapshot) isolate(SQL_TXN_READ_COMMITTED);
}

DbError OdbcSession::error_of(const soci::soci_error& error) {
  const auto state = state_of(error);
  return {odbc_failure(state, 0), state, one_line(error.get_error_message())};
}

}  // namespace db::soci_adapter
