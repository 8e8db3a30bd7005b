#pragma once

#include "db_adapters/soci/session.hpp"
#include "db_adapters/soci/shared_library.hpp"

#include <chrono>
#include <ibase.h>
#include <memory>
#include <string>

#include <soci/session.h>

namespace db::soci_adapter {

/// Firebird 3 and later.
///
/// Firebird does not tell a lock that did not come in time from a deadlock: both are `lock_timeout`. Timestamps have four digits of
/// fraction: it keeps no more. As far as SOCI goes: a statement ends by `cancel` alone, not by its time, and identifiers with a
/// colon in them are taken for placeholders. Its client library ends the connections when the process gets SIGTERM.
class FirebirdSession final : public SociSession {
 public:
  /// @param connect_string  `service=host/port:/path/file.fdb` and what else SOCI knows; the character set is always UTF-8
  FirebirdSession(const std::string& connect_string, const Target& target);

  FirebirdSession(const FirebirdSession&) = delete;
  FirebirdSession& operator=(const FirebirdSession&) = delete;
  ~FirebirdSession() override;

  void cancel() noexcept override;

 private:
  [[nodiscard]] std::unique_ptr<Cursor> prepare(std::string_view sql) override;
  void start(Transaction kind) override;
  void end(Transaction kind, bool commit) override;
  void ended(bool well) override;
  [[nodiscard]] DbError error_of(const soci::soci_error& error) override;

  void start_transaction(Transaction kind);

  soci::session session_;
  SharedLibrary library_{"libfbclient.so.2"};  // after the session: its backend brings the library
  decltype(&::isc_start_transaction) start_ = library_.function<decltype(&::isc_start_transaction)>("isc_start_transaction");
  decltype(&::fb_cancel_operation) cancel_ = library_.function<decltype(&::fb_cancel_operation)>("fb_cancel_operation");
  std::chrono::seconds lock_timeout_;
};

}  // namespace db::soci_adapter
