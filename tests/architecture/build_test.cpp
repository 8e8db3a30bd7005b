#include "tests/architecture/shell.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using architecture::shell;
using architecture::TemporaryFolder;

namespace {

const std::string source = test::source_folder;

bool contains(const std::string& output, const std::string& text) {
  UNSCOPED_INFO(output);
  return output.find(text) != std::string::npos;
}

/// Configures the project in a new folder, with something hidden from it.
std::string configure(const std::string& hidden) {
  const TemporaryFolder build;
  const auto outcome = shell(hidden + " -S " + source + " -B " + build.path().string() + " -G Ninja -DOUTBOX_RELAY_TESTS=OFF");
  CHECK(outcome.code != 0);
  return outcome.output;
}

/// Embeds one dialect whose queries.sql is `queries`; the list asks for `first` and `second`.
architecture::Outcome embed(const std::string& queries) {
  const TemporaryFolder folder;
  const auto list = folder.write("sql/queries.list", "# what must be there\nfirst   # one\nsecond\n");
  static_cast<void>(folder.write("sql/somebase/queries.sql", queries));
  auto outcome =
      shell("cmake -DLIST=" + list + " -DDIALECTS=somebase -DOUT=" + folder.path().string() + " -P " + source + "/sql/embed.cmake");
  if (std::ifstream embedded(folder.path() / "somebase.cpp"); embedded && outcome.code == 0) {
    outcome.output.assign(std::istreambuf_iterator<char>(embedded), {});
  }
  return outcome;
}

}  // namespace

TEST_CASE("a dependency that is missing is named with its Debian package") {
  CHECK(contains(configure("cmake -DCMAKE_DISABLE_FIND_PACKAGE_spdlog=ON"), "apt-get install libspdlog-dev"));
  CHECK(contains(configure("cmake -DCMAKE_DISABLE_FIND_PACKAGE_prometheus-cpp=ON"), "apt-get install prometheus-cpp-dev"));
  CHECK(contains(configure("cmake -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON"), "apt-get install libboost-program-options-dev"));
  CHECK(contains(configure("PKG_CONFIG_LIBDIR=/nowhere cmake"), "apt-get install libpq-dev"));
  CHECK(contains(configure("cmake -DSOCI_INCLUDE="), "apt-get install libsoci-dev"));
}

TEST_CASE("a query that is missing fails the build") {
  const auto outcome = embed("-- name: first\nSELECT 1\n");
  CHECK(outcome.code != 0);
  CHECK(contains(outcome.output, "query second is missing"));
}

TEST_CASE("a query that nobody asks for fails the build") {
  const auto outcome = embed("-- name: first\nSELECT 1\n\n-- name: second\nSELECT 2\n\n-- name: third\nSELECT 3\n");
  CHECK(outcome.code != 0);
  CHECK(contains(outcome.output, "query third is unknown"));
}

TEST_CASE("a query that stands there twice fails the build") {
  const auto outcome = embed("-- name: first\nSELECT 1\n\n-- name: second\nSELECT 2\n\n-- name: first\nSELECT 3\n");
  CHECK(outcome.code != 0);
  CHECK(contains(outcome.output, "stands there twice"));
}

TEST_CASE("queries keep every character that CMake would treat as its own") {
  const auto outcome =
      embed("-- name: first\nSELECT '[a;b]', E'\\n', '${x}', \"#\"\n-- a comment\nFROM t\n\n-- name: second\nSELECT 2\n");
  REQUIRE(outcome.code == 0);
  CHECK(contains(outcome.output, "SELECT '[a;b]', E'\\n', '${x}', \"#\"\nFROM t"));
}
