#include "db_adapters/mysql/tls.hpp"

#include <filesystem>
#include <string>

#if defined(MARIADB_PACKAGE_VERSION_ID) && MARIADB_PACKAGE_VERSION_ID >= 30402
#include <ma_pvio.h>
#endif

namespace db::mysql {
namespace {

/// Neither library verifies against the system's certificates by itself.
std::string authorities(const Target& target, std::string_view where) {
  if (!target.tls_ca.empty()) {
    if (std::filesystem::exists(target.tls_ca)) return target.tls_ca;
    throw DbError(Failure::trust, "", std::string(where) + ": there is no CA file " + target.tls_ca);
  }
  for (const auto* bundle : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
    if (std::filesystem::exists(bundle)) return bundle;
  }
  throw DbError(Failure::trust, "", std::string(where) + ": no certificates to verify the server with: name a CA file");
}

#ifdef MARIADB_PACKAGE_VERSION_ID

#if MARIADB_PACKAGE_VERSION_ID >= 30402

/// The head of the MARIADB_TLS of the versions 3.0 to 3.4. Their own description, ma_tls.h, needs a header that is not installed.
struct TlsSession {
  void* data;
  MARIADB_PVIO* pvio;
};

/// Asked after the handshake, in which OpenSSL has verified the chain. The library's own answer would be about the name as well.
int refuse_chain(TlsSession* session, unsigned int /*wanted*/) {
  return session->pvio->mysql->net.tls_verify_status == MARIADB_TLS_VERIFY_OK ? 0 : 1;
}

/// Only OpenSSL's verdict on the chain is there before the library's own answer.
void leave_out_name(MYSQL& connection) {
  const auto version = mysql_get_client_version();
  if (version < 30402 || version >= 30500) return;
  const char* library = "";
  mariadb_get_infov(nullptr, MARIADB_TLS_LIBRARY, &library);
  if (!std::string_view(library).starts_with("OpenSSL")) return;
  mysql_optionsv(&connection, MARIADB_OPT_TLS_VERIFICATION_CALLBACK, refuse_chain);
}

#else

void leave_out_name(MYSQL& /*connection*/) {}

#endif

/// Up to 3.3 the library verifies the authority wherever it was given one; from then on all, or nothing. The version that runs
/// counts: it may be newer than the one that this was built with.
bool verifies_all_or_nothing() {
  return mysql_get_client_version() >= 30400;
}

void set_mode(MYSQL& connection, TlsMode mode) {
  const bool encrypt = mode != TlsMode::disable;
  const bool verify = mode == TlsMode::verify_full || (mode == TlsMode::verify_ca && verifies_all_or_nothing());
  mysql_options(&connection, MYSQL_OPT_SSL_ENFORCE, &encrypt);
  mysql_options(&connection, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
  if (mode == TlsMode::verify_ca && verify) leave_out_name(connection);
  // Connector/C logs in unencrypted where the server offers no TLS unless it also has to verify the certificate,
  // and sends a password in the clear to any server that asks: so what may be asked for is named here.
  if (mode != TlsMode::verify_full) {
    mysql_options(&connection, MARIADB_OPT_RESTRICTED_AUTH,
                  "mysql_native_password,caching_sha2_password,sha256_password,client_ed25519,parsec,auth_gssapi_client");
  }
}

#else

void set_mode(MYSQL& connection, TlsMode mode) {
  const unsigned int mode_number = [mode] {
    switch (mode) {
      case TlsMode::disable:
        return SSL_MODE_DISABLED;
      case TlsMode::require:
        return SSL_MODE_REQUIRED;
      case TlsMode::verify_ca:
        return SSL_MODE_VERIFY_CA;
      case TlsMode::verify_full:
        break;
    }
    return SSL_MODE_VERIFY_IDENTITY;
  }();
  mysql_options(&connection, MYSQL_OPT_SSL_MODE, &mode_number);
  const bool cleartext = mode == TlsMode::verify_full;
  mysql_options(&connection, MYSQL_ENABLE_CLEARTEXT_PLUGIN, &cleartext);
  const bool ask_for_public_key = true;  // without TLS, caching_sha2_password encrypts the password with it
  mysql_options(&connection, MYSQL_OPT_GET_SERVER_PUBLIC_KEY, &ask_for_public_key);
}

#endif

}  // namespace

bool refused_certificate([[maybe_unused]] const MYSQL& connection) noexcept {
#if defined(MARIADB_PACKAGE_VERSION_ID) && MARIADB_PACKAGE_VERSION_ID >= 30402
  return connection.net.tls_verify_status != MARIADB_TLS_VERIFY_OK;
#else
  return false;
#endif
}

void set_tls(MYSQL& connection, const Target& target, std::string_view where) {
  if (target.tls == TlsMode::verify_ca || target.tls == TlsMode::verify_full) {
    mysql_options(&connection, MYSQL_OPT_SSL_CA, authorities(target, where).c_str());
  }
  set_mode(connection, target.tls);
}

}  // namespace db::mysql
