#include "tests/contract/database.hpp"

#include <cstdlib>

namespace contract {

const std::vector<Database>& databases() {
  static const std::vector<Database> all{postgres(), mysql(), mariadb(), sqlite(), odbc(), firebird()};
  return all;
}

std::string url_of(const Database& database) {
  if (database.variable.empty()) return "sqlite:a file of each test";
  const char* url = std::getenv(database.variable.c_str());
  return url == nullptr ? "" : url;
}

std::vector<const Database*> given(Condition condition) {
  std::vector<const Database*> found;
  for (const auto& database : databases()) {
    if (!url_of(database).empty() && condition(database)) found.push_back(&database);
  }
  return found;
}

}  // namespace contract
