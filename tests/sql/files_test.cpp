// What holds for every file of sql/ that users copy.
#include "tests/sql/outbox_database.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <algorithm>
#include <cctype>

using namespace test;

namespace {

std::vector<std::filesystem::path> adopted_files() {
  std::vector<std::filesystem::path> files;
  const auto folder = std::filesystem::path(test::source_folder) / "sql";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto name = entry.path().filename();
    if (name.extension() == ".sql" && name != "queries.sql") files.push_back(std::filesystem::relative(entry.path(), folder));
  }
  return files;
}

}  // namespace

TEST_CASE("no file that users run drops or truncates anything") {
  const auto files = adopted_files();
  REQUIRE(files.size() >= 30);
  for (const auto& file : files) {
    auto text = file_text(file);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    INFO(file);
    CHECK(text.find("DROP") == std::string::npos);
    CHECK(text.find("TRUNCATE") == std::string::npos);
  }
}

TEST_CASE("every dialect has both variants, the lease and the rest, and what no server ran says so in its first line") {
  for (const std::string dialect : {"postgres", "mysql", "mariadb", "sqlite", "oracle", "sqlserver"}) {
    const bool untested = dialect == "oracle" || dialect == "sqlserver";
    for (const std::string file : {"/outbox_delete.sql", "/outbox_mark.sql", "/lease.sql", "/dead.sql", "/update_ts.sql"}) {
      if (untested && file == "/update_ts.sql") continue;  // tables are not polled there
      INFO(dialect << file);
      CHECK(file_text(dialect + file).starts_with("-- UNTESTED") == untested);
    }
  }
}
