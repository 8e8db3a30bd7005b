#include "relay/cli/command.hpp"

#include <sstream>

#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <mysql.h>
#include <soci/version.h>

namespace relay::cli {
namespace {

/// 400003 is 4.0.3.
std::string soci_version() {
  std::ostringstream text;
  text << SOCI_VERSION / 100000 << '.' << SOCI_VERSION / 100 % 1000 << '.' << SOCI_VERSION % 100;
  return text.str();
}

#ifdef MARIADB_BASE_VERSION
constexpr std::string_view mysql_client = "MariaDB Connector/C ";
#else
constexpr std::string_view mysql_client = "libmysqlclient ";
#endif

}  // namespace

std::string version_number() {
  return OUTBOX_RELAY_VERSION;
}

std::string version_text() {
  std::ostringstream text;
  text << "outbox-relay " << OUTBOX_RELAY_VERSION << '\n'
       << "build: " << OUTBOX_RELAY_BUILD_TYPE << ", " << OUTBOX_RELAY_COMPILER << '\n'
       << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << '\n'
       << mysql_client << mysql_get_client_info() << '\n'
       << "SOCI " << soci_version() << '\n'
       << "librdkafka " << rd_kafka_version_str() << '\n';
  return text.str();
}

}  // namespace relay::cli
