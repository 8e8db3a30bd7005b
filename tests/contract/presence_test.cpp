#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

#include <cstdlib>
#include <string_view>

namespace {

bool in_ci() {
  const char* ci = std::getenv("CI");
  return ci != nullptr && std::string_view(ci) == "true";
}

}  // namespace

// One test case a database, so that one that is not there is counted.
#define HERE(which)                                                                                           \
  TEST_CASE(#which " is tried, and says what it is") {                                                        \
    const auto database = contract::which();                                                                  \
    if (contract::url_of(database).empty()) {                                                                 \
      if (database.needed && in_ci()) FAIL(database.variable << " is not set, and CI must not leave it out"); \
      SKIP(database.variable + " is not set");                                                                \
    }                                                                                                         \
    contract::Sandbox sandbox(database);                                                                      \
    CHECK(sandbox.session().facts().product.starts_with(database.product));                                   \
    CHECK(sandbox.session().facts().product.size() > database.product.size());                                \
    CHECK_FALSE(sandbox.session().facts().read_only);                                                         \
    CHECK(sandbox.session().facts().tls.empty());                                                             \
    CHECK(sandbox.dialect().name == database.name);                                                           \
  }

HERE(postgres)
HERE(mysql)
HERE(mariadb)
HERE(sqlite)
HERE(odbc)
HERE(firebird)
