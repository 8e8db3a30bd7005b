#include "tests/architecture/shell.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <string>

namespace {

/// One suite in ctest's LastTest.log.
std::string section(const std::string& suite, const std::string& output, const std::string& verdict) {
  return "1/1 Testing: " + suite + "\n1/1 Test: " + suite + "\nCommand: \"/" + suite + "_tests\"\nOutput:\n" +
         std::string(58, '-') + "\n" + output + "\n<end of output>\nTest time =   0.01 sec\n" + std::string(58, '-') + "\n" +
         verdict + "\n";
}

/// "SUITE PASSED FAILED SKIPPED" as tests/run.sh counts it.
std::string counted(const std::string& output, const std::string& verdict) {
  const architecture::TemporaryFolder folder;
  const auto log = folder.write("LastTest.log", section("suite", output, verdict));
  return architecture::shell("awk -f " + std::string(test::source_folder) + "/tests/support/count.awk " + log).output;
}

}  // namespace

TEST_CASE("test cases are counted as Catch2 2 and 3 print them") {
  CHECK(counted("All tests passed (21 assertions in 7 test cases)", "Test Passed.") == "suite 7 0 0\n");
  CHECK(counted("All tests passed (1 assertion in 1 test case)", "Test Passed.") == "suite 1 0 0\n");
  CHECK(counted("test cases:  9 |  6 passed | 3 failed\nassertions: 30 | 27 passed | 3 failed", "Test Failed.") == "suite 6 3 0\n");
  CHECK(counted("test cases: 4 | 1 passed | 1 failed | 2 skipped\nassertions: 3 | 2 passed | 1 failed", "Test Failed.") ==
        "suite 1 1 2\n");
}

TEST_CASE("a case that was skipped under Catch2 2 is not counted as passed, and only once") {
  CHECK(counted(
            "skipped: a: no server\nskipped: b: no server\nskipped: b: no server\nAll tests passed (5 assertions in 3 test cases)",
            "Test Passed.") == "suite 1 0 2\n");
}

TEST_CASE("a suite where everything was skipped is no failure") {
  CHECK(counted("test cases: 2 | 2 skipped\nassertions: - none -", "Test Failed.") == "suite 0 0 2\n");
}

TEST_CASE("a suite that crashed, hung or ran nothing is a failure") {
  CHECK(counted("Segmentation fault", "Test Failed.") == "suite 0 1 0\n");
  CHECK(counted("", "Test timed out.") == "suite 0 1 0\n");
  CHECK(counted("All tests passed (21 assertions in 7 test cases)\nERROR: LeakSanitizer", "Test Failed.") == "suite 7 1 0\n");
  CHECK(counted("", "Test Passed.") == "suite 0 1 0\n");  // what ctest writes of a program that was not built
  CHECK(counted("No tests ran", "Test Passed.") == "suite 0 1 0\n");
}
