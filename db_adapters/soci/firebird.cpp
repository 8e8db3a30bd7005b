#include "db_adapters/soci/firebird.hpp"

#include "db_adapters/soci/backend.hpp"
#include "db_adapters/soci/errors.hpp"
#include "db_adapters/soci/firebird_cursor.hpp"

#include <algorithm>
#include <mutex>

#include <soci/firebird/soci-firebird.h>
#include <soci/version.h>

namespace db::soci_adapter {

namespace {

/// SOCI starts one kind of transaction only, a snapshot that waits for locks for ever, and keeps its handle private. An explicit
/// instantiation may name a private member ([temp.spec.general]); begun here with other options, SOCI finds it open and uses it.
isc_tr_handle& transaction_of(soci::firebird_session_backend& backend);

template <isc_tr_handle soci::firebird_session_backend::*handle>
struct Reveal {
  friend isc_tr_handle& transaction_of(soci::firebird_session_backend& backend) { return backend.*handle; }
};
template struct Reveal<&soci::firebird_session_backend::trhp_>;

/// Firebird's transaction parameter buffer.
std::string options_of(bool snapshot, std::chrono::seconds lock_timeout) {
  std::string options{isc_tpb_version3, isc_tpb_wait, isc_tpb_lock_timeout, sizeof(std::int32_t)};
  for (unsigned shift = 0; shift < 32; shift += 8) options += static_cast<char>(lock_timeout.count() >> shift & 0xFF);
  if (snapshot)
    options += {isc_tpb_concurrency, isc_tpb_read};
  else
    options += {isc_tpb_read_committed, isc_tpb_rec_version, isc_tpb_write};
  return options;
}

/// SOCI's quotes have no way to write a quote itself.
std::string quoted(std::string_view name, const std::string& value) {
  if (value.find('"') != std::string::npos)
    throw DbError(Failure::credentials, "", "the " + std::string(name) + " for Firebird contains \", which SOCI cannot pass on");
  return " " + std::string(name) + "=\"" + value + "\"";
}

std::string with_firebird_credentials(std::string connect_string, const Target& target) {
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

/// The vector goes from a frame to details: of the codes that mean something, the first one says what happened. Before a row that
/// another transaction holds, though, stands a deadlock, whether there is one or not.
DbError translated(const soci::soci_error& error) {
  auto failure = Failure::other;
  std::int64_t code = 0;
  const auto* const known = firebird_error(error);
  const auto size = known != nullptr ? known->status_.size() : 0;
  for (std::size_t i = 0; i + 1 < size; i += known->status_[i] == isc_arg_cstring ? 3 : 2) {
    if (known->status_[i] != isc_arg_gds) continue;
    const auto meaning = firebird_failure(known->status_[i + 1]);
    if (code == 0 || failure == Failure::other || (failure == Failure::deadlock && meaning == Failure::lock_timeout)) {
      code = known->status_[i + 1];
      failure = meaning;
    }
  }
  return {failure, code == 0 ? "" : std::to_string(code), one_line(error.get_error_message())};
}

/// libfbclient asks getpwuid who it runs as, whose answer the next one who asks overwrites.
soci::session open_firebird(const std::string& connect_string, const Target& target) {
  static std::mutex connecting;
  const std::lock_guard alone(connecting);
  const auto parameters = load_backend("firebird", with_firebird_credentials(connect_string, target));
  try {
    return soci::session(parameters);
  } catch (const soci::soci_error& error) {
    if (firebird_error(error) == nullptr) {  // SOCI's own text quotes the connect string, password and all
      throw DbError(Failure::bad_value, "",
                    "Firebird: the connect string has to read service=host/port:/path/file.fdb, other names with = as well");
    }
    const auto reason = translated(error);
    const bool down = reason.failure() == Failure::connection_lost || reason.failure() == Failure::other;
    throw DbError(down ? Failure::unreachable : reason.failure(), std::string(reason.code()),
                  "Firebird: " + std::string(reason.what()));
  }
}

}  // namespace

FirebirdSession::FirebirdSession(const std::string& connect_string, const Target& target)
    : session_(open_firebird(connect_string, target)), lock_timeout_(std::max(std::chrono::seconds(1), target.lock_timeout)) {
  guarded("connect", false, [this] {
    const auto version = execute("SELECT rdb$get_context('SYSTEM', 'ENGINE_VERSION'), MON$READ_ONLY FROM MON$DATABASE");
    known().product = "Firebird " + std::string(version[0][0].bytes());
    known().read_only = version[0][1].bytes() == "1";
    ended(true);
  });
}

FirebirdSession::~FirebirdSession() {
  // SOCI's destructor would commit, and throw where that fails.
  ended(false);
  transaction_of(static_cast<soci::firebird_session_backend&>(*session_.get_backend())) = 0;
}

std::unique_ptr<Cursor> FirebirdSession::prepare(std::string_view sql) {
  if (transaction() == Transaction::none) start_transaction(Transaction::ordinary);
  return std::make_unique<FirebirdCursor>(session_, sql);
}

void FirebirdSession::start(Transaction kind) {
  start_transaction(kind);
}

void FirebirdSession::start_transaction(Transaction kind) {
  auto& backend = static_cast<soci::firebird_session_backend&>(*session_.get_backend());
  auto& handle = transaction_of(backend);
  const auto options = options_of(kind == Transaction::snapshot, lock_timeout_);
  ISC_STATUS_ARRAY status{};
  if (handle == 0 && start_(status, &handle, 1, &backend.dbhp_, static_cast<int>(options.size()), options.data()) == 0) return;
  session_.begin();  // fails as this did, and tells why
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

// No promise: under load a 3.0 server was seen to run on for minutes, a cancel coming in every 5 ms.
void FirebirdSession::cancel() noexcept {
  ISC_STATUS_ARRAY status{};
  auto* const backend = static_cast<soci::firebird_session_backend*>(session_.get_backend());
  cancel_(status, &backend->dbhp_, fb_cancel_raise);
}

}  // namespace db::soci_adapter
