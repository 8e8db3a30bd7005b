#include "relay/cli/migration.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace relay::cli {
namespace {

using namespace std::string_view_literals;

/// In what Connect calls `connector.class`; empty: of a database that no URL of the relay names.
std::string_view scheme_of(std::string_view connector) {
  if (connector.empty() || connector.find("PostgresConnector") != std::string_view::npos) return "postgresql";
  for (const auto name : {"MySqlConnector"sv, "MariaDbConnector"sv}) {
    if (connector.find(name) != std::string_view::npos) return "mysql";
  }
  return {};
}

std::string in_url(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (std::isalnum(octet) != 0 || "-._~"sv.find(c) != std::string_view::npos) {
      encoded += c;
    } else {
      encoded.append("%").append(1, "0123456789ABCDEF"[octet >> 4U]).append(1, "0123456789ABCDEF"[octet & 15U]);
    }
  }
  return encoded;
}

std::string host_in_url(std::string_view host) {
  const bool address = host.find(':') != std::string_view::npos && host.find_first_not_of("0123456789abcdefABCDEF:.") == host.npos;
  return address ? "[" + std::string(host) + "]" : in_url(host);
}

/// MySQL's connector reads a server; the tables that it is to follow say in which database.
std::string database_of(const Migration& migration) {
  const auto tables = included_tables(migration);
  const auto databases = migration.text("database.include.list");
  if (const auto dot = tables.find('.'); dot != std::string::npos && is_plain_name(tables.substr(0, dot)))
    return tables.substr(0, dot);
  return is_plain_name(databases) ? databases : "";
}

void put_url(Migration& migration, std::string_view scheme) {
  const auto host = migration.take("database.hostname");
  const auto port = migration.take("database.port");
  const auto named = migration.take("database.dbname");
  const auto user = migration.take("database.user");
  const auto database = named ? *named : scheme == "mysql" ? database_of(migration) : "";
  if (host) {
    const auto server = std::string(scheme) + "://" + host_in_url(*host) + (port ? ":" + *port : "") + '/';
    if (database.empty()) {
      migration.say("source.url = " + server + "DATABASE: no property says in which database the outbox is");
    } else {
      migration.put("source.url", server + in_url(database), "database.hostname", *host);
    }
  }
  if (user) migration.put("source.user", *user, "database.user", *user);
}

struct Word {
  std::string_view debezium;
  std::string_view relay;
};

void put_tls(Migration& migration, const std::string& property) {
  constexpr std::array words{Word{"disable", "disable"},         Word{"disabled", "disable"},
                             Word{"require", "require"},         Word{"required", "require"},
                             Word{"trust", "require"},           Word{"verify-ca", "verify-ca"},
                             Word{"verify-full", "verify-full"}, Word{"verify-identity", "verify-full"}};
  const auto mode = migration.take(property);
  if (!mode) return;
  std::string name;
  for (const char c : *mode) name += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto word = std::ranges::find(words, name, &Word::debezium);
  if (word == words.end()) {
    return migration.none(property, *mode, "the relay encrypts or it does not, and falls back to nothing; set source.tls");
  }
  migration.put("source.tls", std::string(word->relay), property, *mode);
}

}  // namespace

std::string included_tables(const Migration& migration) {
  auto tables = migration.text("table.include.list");
  for (auto at = tables.find("\\."); at != std::string::npos; at = tables.find("\\.")) tables.erase(at, 1);
  return tables;
}

bool is_plain_name(std::string_view name) {
  return name.find_first_of(",*\\([|+?^$") == std::string_view::npos;
}

void migrate_source(Migration& migration) {
  const auto connector = migration.text("connector.class");
  const auto scheme = scheme_of(connector);
  if (scheme.empty()) {
    return migration.none("connector.class", connector,
                          "source.url names PostgreSQL, MySQL or MariaDB; others are reached through soci:");
  }
  put_url(migration, scheme);
  put_tls(migration, "database.sslmode");
  put_tls(migration, "database.ssl.mode");
  if (const auto authorities = migration.take("database.sslrootcert")) {
    migration.put("source.tls-ca", *authorities, "database.sslrootcert", *authorities);
  }
  if (const auto timeout = migration.take("connect.timeout.ms")) {
    migration.put("source.connect-timeout", *timeout + "ms", "connect.timeout.ms", *timeout);
  }
}

}  // namespace relay::cli
