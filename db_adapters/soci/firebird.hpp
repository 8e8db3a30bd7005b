#pragma once

#include "db_adapters/soci/session.hpp"
#include "db_adapters/soci/shared_library.hpp"

#include <ibase.h>
#include <memory>
#include <string>

#include <soci/session.h>

namespace db::soci_adapter {

/// Firebird 3 and later.
///
/// As far as SOCI goes: every transaction is a snapshot (it offers no other kind) that waits for another's lock without a
/// bound, and a statement ends by `cancel` alone, not by its time. Timestamps have four digits of fraction: Firebird keeps no more.
class FirebirdSession final : public SociSession {
 public:
  /// @param connect_string  `service=host/port:/path/file.fdb` and what else SOCI knows; the character set is always UTF-8
  FirebirdSession(const std::string& connect_string, const Target& target);

  void cancel() noexcept override;

 private:
  [[nodiscard]] std::unique_ptr<Cursor> prepare(std::string_view sql) override;
  void start(Transaction kind) override;
  void end(Transaction kind, bool commit) override;
  void ended(bool well) override;
  [[nodiscard]] DbError error_of(const soci::soci_error& error) override;

  soci::session session_;
  SharedLibrary library_{"libfbclient.so.2"};  // after the session: its backend brings the library
  decltype(&::fb_cancel_operation) cancel_ = library_.function<decltype(&::fb_cancel_operation)>("fb_cancel_operation");
};

}  // namespace db::soci_adapter
