#include "relay/cli/command.hpp"

#include <sstream>

#include <libpq-fe.h>
#include <librdkafka/rdkafka.h>
#include <mysql.h>
#include <soci/version.h>

namespace relay::cli {
namespace {

std::string numbered(int version, int base) {
  std::ostringstream text;
  text << version / (base * base) << '.' << version / base % base << '.' << version % base;
  return text.str();
}

#ifdef MARIADB_BASE_VERSION
constexpr std::string_view mysql_client = "MariaDB Connector/C ";
#else
constexpr std::string_view mysql_client = "libmysqlclient ";
#endif

}  // namespace

std::string version_text() {
  std::ostringstream text;
  text << "outbox-relay " << OUTBOX_RELAY_VERSION << '\n'
       << "build: " << OUTBOX_RELAY_BUILD_TYPE << ", " << OUTBOX_RELAY_COMPILER << '\n'
       << "libpq " << PQlibVersion() / 10000 << '.' << PQlibVersion() % 10000 << '\n'
       << mysql_client << mysql_get_client_info() << '\n'
       << "SOCI " << numbered(SOCI_VERSION, 100) << '\n'
       << "librdkafka " << rd_kafka_version_str() << '\n';
  return text.str();
}

}  // namespace relay::cli
