#include "relay/cli/adapters.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "db_adapters/soci/driver.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace relay::cli {
namespace {

using Driver = std::shared_ptr<const db::Driver>;

struct Entry {
  std::string_view scheme;
  Driver (*make)();
};

constexpr std::array registry{
    Entry{"postgresql", []() -> Driver { return std::make_shared<db::postgres::PostgresDriver>(); }},
    Entry{"mysql", []() -> Driver { return std::make_shared<db::mysql::MysqlDriver>(); }},
    Entry{"sqlite", []() -> Driver { return db::soci_adapter::sqlite_driver(); }},
    Entry{"soci", []() -> Driver { return db::soci_adapter::soci_driver(); }},
};

}  // namespace

std::shared_ptr<const db::Driver> driver_for(std::string_view scheme) {
  for (const auto& entry : registry) {
    if (entry.scheme == scheme) return entry.make();
  }
  throw std::invalid_argument("no database driver for " + std::string(scheme) + ":");
}

}  // namespace relay::cli
