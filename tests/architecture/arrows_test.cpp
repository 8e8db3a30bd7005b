#include "tests/architecture/arrows.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

using architecture::arrows_up;
using architecture::dialect_questions;

namespace {

bool points_up(const std::string& path, const std::string& include) {
  return !arrows_up({{path, "#pragma once\n#include " + include + "\n"}}).empty();
}

}  // namespace

TEST_CASE("no include points up") {
  const auto sources = architecture::read_sources(test::source_folder);
  REQUIRE(sources.size() > 20);
  for (const auto& arrow : arrows_up(sources)) FAIL_CHECK(arrow);
  CHECK(arrows_up(sources).empty());
}

TEST_CASE("nothing outside db_adapters asks which dialect it has") {
  const auto sources = architecture::read_sources(test::source_folder);
  for (const auto& line : dialect_questions(sources)) FAIL_CHECK(line);
  CHECK(dialect_questions(sources).empty());
}

TEST_CASE("an include that points up is seen") {
  CHECK(points_up("relay/domain/row.hpp", "\"relay/encode/encoder.hpp\""));
  CHECK(points_up("relay/domain/row.hpp", "\"db_adapters/port/session.hpp\""));
  CHECK(points_up("relay/encode/encoder.hpp", "\"relay/core/status.hpp\""));
  CHECK(points_up("db_adapters/port/session.hpp", "\"db_adapters/mysql/driver.hpp\""));
  CHECK(points_up("db_adapters/mysql/session.cpp", "\"db_adapters/postgres/driver.hpp\""));
  CHECK(points_up("db_adapters/soci/session.cpp", "\"relay/core/observer.hpp\""));
  CHECK(points_up("relay/core/relay.cpp", "\"relay/observe/log.hpp\""));
  CHECK(points_up("relay/config/settings.cpp", "\"relay/core/relay.hpp\""));
  CHECK(points_up("relay/observe/http.cpp", "\"relay/cli/command.hpp\""));
  CHECK(points_up("relay/cli/run.cpp", "\"tests/support/catch.hpp\""));
}

TEST_CASE("only cli and main see an adapter") {
  for (const auto* folder : {"domain", "encode", "kafka", "core", "config", "observe"}) {
    for (const auto* adapter : {"postgres", "mysql", "soci"}) {
      CHECK(points_up(std::string("relay/") + folder + "/a.cpp", std::string("\"db_adapters/") + adapter + "/driver.hpp\""));
    }
  }
  CHECK_FALSE(points_up("relay/cli/run.cpp", "\"db_adapters/mysql/driver.hpp\""));
  CHECK_FALSE(points_up("relay/main.cpp", "\"relay/cli/command.hpp\""));
}

TEST_CASE("a driver's library is named by its adapter only") {
  CHECK(points_up("relay/core/relay.cpp", "<librdkafka/rdkafka.h>"));
  CHECK(points_up("db_adapters/mysql/session.cpp", "<libpq-fe.h>"));
  CHECK(points_up("db_adapters/port/error.cpp", "<soci/soci.h>"));
  CHECK_FALSE(points_up("relay/kafka/producer.cpp", "<librdkafka/rdkafka.h>"));
  CHECK_FALSE(points_up("relay/core/relay.cpp", "<vector>"));
}

TEST_CASE("a folder without a floor is seen") {
  CHECK(points_up("relay/misc/things.hpp", "<string>"));
  CHECK(points_up("db_adapters/oracle/driver.hpp", "<string>"));
}

TEST_CASE("includes are found however they are written") {
  const auto found =
      architecture::includes("#pragma once\n  #  include <mutex>\n// #include \"a.hpp\"\n#include \"b.hpp\"  // why\n");
  REQUIRE(found.size() == 2);
  CHECK(found[0].name == "mutex");
  CHECK(found[0].foreign);
  CHECK(found[1].name == "b.hpp");
  CHECK_FALSE(found[1].foreign);
}

TEST_CASE("a question for the dialect is seen") {
  const auto asks = [](const std::string& line) { return !dialect_questions({{"relay/core/claim.cpp", line}}).empty(); };
  CHECK(asks("if (dialect == \"mysql\") return;"));
  CHECK(asks("if (session.dialect().name != \"sqlite\") return;"));
  CHECK(asks("return \"mariadb\" == dialect_name;"));
  CHECK(asks("if (dialect_->name == kMysql) return;"));
  CHECK_FALSE(asks("if (dialect.proves_gaps) return;  // dialect == mysql"));
  CHECK(dialect_questions({{"db_adapters/mysql/driver.cpp", "if (dialect == \"mysql\") return;"}}).empty());
}
