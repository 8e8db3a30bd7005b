#include "db_adapters/soci/firebird.hpp"

#include "db_adapters/soci/backend.hpp"
#include "db_adapters/soci/errors.hpp"
#include "db_adapters/soci/firebird_cursor.hpp"

#include <soci/firebird/soci-firebird.h>
#include <soci/version.h>

namespace db::soci_adapter {

namespace {

/// SOCI's quotes have no way to write a quote itself.
std::string quoted(std::string_view name, const std::string& value) {
  if (value.find('"') != std::string::npos)
    throw DbError(Failure::credentials, "", "the " + std::string(name) + " for Firebird contains \", which SOCI cannot pass on");
  return " " + std::string(name) + "=\"" + value + "\"";
}

std::string with_credentials(std::string connect_string, const Target& target) {
  if (connect_string.find("charset=") == std::string::npos) connect_string += " charset=UTF8";
  if (!target.user.empty()) connect_string += quoted("user", target.user);
  if (!target.password.empty()) connect_string += quoted("password", target.password);
  return connect_string;
}

/// Nothing for SOCI's own complaints.
const soci::firebird_soci_error* firebird_error(const soci::soci_error& error) {
#if SOCI_VERSION >= 400100
  return error.get_backend_name() == "firebird" ? static_cast<const soci::firebird_soci_error*>(&error) : nullptr;
#else
  return dynamic_cast<const soci::firebird_soci_error*>(&error);
#endif
}

/// The vector begins with a frame around the cause: the last code that means something is the nearest to it.
DbError translated(const soci::soci_error& error) {
  auto failure = Failure::other;
  std::int64_t code = 0;
  const auto* const known = firebird_error(error);
  const auto size = known != nullptr ? known->status_.size() : 0;
  for (std::size_t i = 0; i + 1 < size; i += known->status_[i] == isc_arg_cstring ? 3 : 2) {
    if (known->status_[i] != isc_arg_gds) continue;
    const auto meaning = firebird_failure(known->status_[i + 1]);
    if (code == 0 || meaning != Failure::other) {
      code = known->status_[i + 1];
      failure = meaning;
    }
  }
  return {failure, code == 0 ? "" : std::to_string(code), one_line(error.get_error_message())};
}

soci::session open(const std::string& connect_string, const Target& target) {
  const auto parameters = load_backend("firebird", with_credentials(connect_string, target));
  try {
    return soci::session(parameters);
  } catch (const soci::soci_error& error) {
    if (firebird_error(error) == nullptr) {  // SOCI's own text quotes the connect string, password and all
      throw DbError(Failure::other, "",
                    "Firebird: the connect string has to read service=host/port:/path/file.fdb, other names with = as well");
    }
    const auto reason = translated(error);
    const bool down = reason.failure() == Failure::connection_lost || reason.failure() == Failure::other;
    throw DbError(down ? Failure::unreachable : reason.failure(), std::string(reason.code()),
                  "Firebird: " + std::string(reason.what()));
  }
}

}  // namespace

FirebirdSession::FirebirdSession(const std::string& connect_string, const Target& target) : session_(open(connect_string, target)) {
  guarded("connect", false, [this] {
    const auto version = execute("SELECT rdb$get_context('SYSTEM', 'ENGINE_VERSION'), MON$READ_ONLY FROM MON$DATABASE");
    known().product = "Firebird " + std::string(version[0][0].bytes());
    known().read_only = version[0][1].bytes() == "1";
    ended(true);
  });
}

std::unique_ptr<Cursor> FirebirdSession::prepare(std::string_view sql) {
  return std::make_unique<FirebirdCursor>(session_, sql);
}

void FirebirdSession::start(Transaction /*kind*/) {
  session_.begin();
}

void FirebirdSession::end(Transaction /*kind*/, bool commit) {
  if (commit)
    session_.commit();
  else
    session_.rollback();
}

void FirebirdSession::ended(bool well) {
  if (well) {
    session_.commit();
    return;
  }
  try {
    session_.rollback();
  } catch (const soci::soci_error&) {  // the statement's own error is the one to tell
  }
}

DbError FirebirdSession::error_of(const soci::soci_error& error) {
  return translated(error);
}

void FirebirdSession::cancel() noexcept {
  ISC_STATUS_ARRAY status{};
  auto* const backend = static_cast<soci::firebird_session_backend*>(session_.get_backend());
  cancel_(status, &backend->dbhp_, fb_cancel_raise);
}

}  // namespace db::soci_adapter
