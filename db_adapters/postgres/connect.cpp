#include "db_adapters/postgres/connection.hpp"
#include "db_adapters/postgres/errors.hpp"
#include "db_adapters/postgres/ready.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <poll.h>
#include <stdexcept>
#include <utility>
#include <vector>

namespace db::postgres {

bool ready(int socket, short events, std::chrono::steady_clock::time_point deadline) {
  using std::chrono::steady_clock, std::chrono::milliseconds;
  pollfd watched{.fd = socket, .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now()).count();
    if (left <= 0) return false;
    const int count = poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (count > 0 || (count < 0 && errno != EINTR)) return true;
  }
}

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// What every session runs with, whatever the database or the role sets. jit: the planner overrates short range scans and would
/// compile for 100 ms.
Pairs session_settings(const Target& target) {
  const auto at_least_one = [](auto milliseconds) { return std::to_string(std::max<std::int64_t>(1, milliseconds)); };
  return {{"TimeZone", "UTC"},
          {"DateStyle", "ISO"},
          {"IntervalStyle", "postgres"},
          {"extra_float_digits", "1"},
          {"bytea_output", "hex"},
          {"standard_conforming_strings", "on"},
          {"jit", "off"},
          {"default_transaction_isolation", "read committed"},
          {"statement_timeout", at_least_one(target.statement_timeout.count())},
          {"lock_timeout", at_least_one(std::chrono::milliseconds(target.lock_timeout).count())}};
}

std::string as_options(const Pairs& settings) {
  std::string options;
  for (const auto& [name, value] : settings) {
    options += options.empty() ? "-c " : " -c ";
    options += name + '=';
    for (const char c : value) {
      if (c == ' ') options += '\\';
      options += c;
    }
  }
  return options;
}

/// libpq 15 cannot be told to use the system's certificates: their file is looked up here.
std::string system_certificates() {
  for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}) {
    if (std::filesystem::exists(file)) return file;
  }
  return {};
}

void add_tls(Pairs& words, const Target& target) {
  static constexpr std::array modes{"disable", "require", "verify-ca", "verify-full"};
  words.emplace_back("sslmode", modes.at(static_cast<std::size_t>(target.tls)));
  if (target.tls == TlsMode::verify_ca || target.tls == TlsMode::verify_full) {
    words.emplace_back("sslrootcert", target.tls_ca.empty() ? system_certificates() : target.tls_ca);
  }
}

Pairs connection_words(const Target& target, const std::string& options) {
  Pairs words{{"host", target.host},
              {"port", target.port == 0 ? "" : std::to_string(target.port)},
              {"dbname", target.database},
              {"user", target.user},
              {"password", target.password},
              {"application_name", "outbox-relay"},
              {"client_encoding", "UTF8"},
              {"gssencmode", "disable"},
              {"options", options},
              {"keepalives_idle", "20"},
              {"keepalives_interval", "5"},
              {"keepalives_count", "3"},
              {"tcp_user_timeout", std::to_string(target.statement_timeout.count())}};
  add_tls(words, target);
  std::erase_if(words, [](const auto& word) { return word.second.empty(); });
  return words;
}

OpenConnection start(const Pairs& words) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : words) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  OpenConnection pg(PQconnectStartParams(names.data(), values.data(), 0));
  if (!pg) throw std::bad_alloc();
  return pg;
}

OpenConnection connect(const Target& target, const std::string& options) {
  const auto deadline = std::chrono::steady_clock::now() + target.connect_timeout;
  auto pg = start(connection_words(target, options));
  PQsetErrorVerbosity(pg.get(), PQERRORS_VERBOSE);  // connect_error reads the SQLSTATE from the text
  PQsetNoticeReceiver(
      pg.get(), [](void*, const PGresult*) {}, nullptr);
  if (PQstatus(pg.get()) == CONNECTION_BAD) throw connect_error(*pg, false);

  for (auto next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;) {
    if (!ready(PQsocket(pg.get()), next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      throw DbError(Failure::unreachable, "",
                    "no connection to " + target.host + " within " + std::to_string(target.connect_timeout.count()) + " ms");
    }
    const bool in_tls_handshake = PQstatus(pg.get()) == CONNECTION_SSL_STARTUP;
    next = PQconnectPoll(pg.get());
    if (next == PGRES_POLLING_FAILED) throw connect_error(*pg, in_tls_handshake);
  }
  PQsetErrorVerbosity(pg.get(), PQERRORS_DEFAULT);
  return pg;
}

}  // namespace

std::string session_set_up(const Target& target) {
  std::string statements;
  for (const auto& [name, value] : session_settings(target))
    statements.append("SET ").append(name).append(" = '").append(value).append("';");
  return statements;
}

std::string session_is_set_up(const Target& target) {
  std::string condition;
  for (const auto& [name, value] : session_settings(target)) {
    condition += (condition.empty() ? "current_setting('" : " AND current_setting('") + name + "')";
    condition += name.ends_with("_timeout") ? "::interval = '" + value + " ms'" : " LIKE '" + value + "%'";  // `ISO, MDY`
  }
  return condition;
}

OpenConnection open_connection(const Target& target) {
  OpenConnection pg;
  try {
    pg = connect(target, as_options(session_settings(target)));
  } catch (const DbError& error) {
    // Poolers and proxies that take no options at connect say so with one of these codes.
    if (error.code() != "08P01" && error.code() != "0A000") throw;
    pg = connect(target, "");
    const std::shared_ptr<PGresult> reply(PQexec(pg.get(), session_set_up(target).c_str()), PQclear);
    if (PQresultStatus(reply.get()) != PGRES_COMMAND_OK) throw connect_error(*pg, false);
  }
  PQsetnonblocking(pg.get(), 1);
  return pg;
}

}  // namespace db::postgres
