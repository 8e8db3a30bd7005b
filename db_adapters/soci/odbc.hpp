#pragma once

#include "db_adapters/soci/odbc_cursor.hpp"
#include "db_adapters/soci/session.hpp"

#include <memory>
#include <string>

#include <soci/session.h>

namespace db::soci_adapter {

/// Whatever has an ODBC driver.
///
/// As far as the driver goes: time-outs and a lost connection are noticed as it notices them (a connect time-out can only stand
/// in the connect string), and a driver that takes whole results into memory does so before the byte limit is looked at.
class OdbcSession final : public SociSession {
 public:
  /// @param connect_string  `DSN=...` or `Driver=...;Server=...`
  OdbcSession(const std::string& connect_string, const Target& target);

  OdbcSession(const OdbcSession&) = delete;
  OdbcSession& operator=(const OdbcSession&) = delete;
  ~OdbcSession() override;

  void cancel() noexcept override { running_.cancel(api_); }

 private:
  [[nodiscard]] std::unique_ptr<Cursor> prepare(std::string_view sql) override;
  void start(Transaction kind) override;
  void end(Transaction kind, bool commit) override;
  [[nodiscard]] DbError error_of(const soci::soci_error& error) override;

  [[nodiscard]] SQLHDBC connection();
  [[nodiscard]] std::string info(SQLUSMALLINT what);
  bool isolate(std::uintptr_t level);
  void set_up(const Target& target);

  soci::session session_;
  OdbcApi api_;  // after the session: its backend brings the library
  RunningStatement running_;
  OdbcContext context_;
};

}  // namespace db::soci_adapter
