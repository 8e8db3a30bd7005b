#include "db_adapters/soci/backend.hpp"

#include "db_adapters/port/error.hpp"

#include <soci/error.h>
#include <soci/version.h>

namespace db::soci_adapter {

namespace {

/// As Debian names it: libsoci-odbc4.0
std::string package_of(std::string_view backend) {
  return "libsoci-" + std::string(backend) + std::to_string(SOCI_VERSION / 100000) + "." +
         std::to_string(SOCI_VERSION / 100 % 1000);
}

}  // namespace

soci::connection_parameters load_backend(std::string_view name, const std::string& connect_string) {
  try {
    return {std::string(name), connect_string};
  } catch (const soci::soci_error&) {  // its text would only say which file it did not find
    throw DbError(Failure::missing_object, "",
                  "SOCI's backend " + std::string(name) + " is not installed: install " + package_of(name));
  }
}

}  // namespace db::soci_adapter
