#include "relay/cli/adapters.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/postgres/driver.hpp"

#include <stdexcept>
#include <string>

namespace relay::cli {

std::shared_ptr<const db::Driver> driver_for(std::string_view scheme) {
  if (scheme == "postgresql") return std::make_shared<db::postgres::PostgresDriver>();
  if (scheme == "mysql") return std::make_shared<db::mysql::MysqlDriver>();
  throw std::invalid_argument("source.url: no driver for " + std::string(scheme));
}

}  // namespace relay::cli
