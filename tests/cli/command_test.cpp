#include "tests/cli/running.hpp"

#include <algorithm>

using namespace relay::cli;

TEST_CASE("no command and an unknown command are usage errors that list the commands") {
  for (const std::vector<std::string>& words : {std::vector<std::string>{}, {"rum"}, {"--source.url=x"}, {"help", "rum"}}) {
    const auto ran = run_words(words);
    CHECK(ran.code == usage);
    CHECK(ran.out.empty());
    CHECK(has(ran.err, "outbox-relay: "));
    CHECK(has(ran.err, "\n  print-config "));
  }
}

TEST_CASE("version names every library that can matter in a report") {
  for (const auto* word : {"version", "--version"}) {
    const auto ran = run_words({word});
    CHECK(ran.code == ok);
    for (const auto* library : {"outbox-relay ", "libpq ", "librdkafka ", "SOCI 4.", "build: "}) CHECK(has(ran.out, library));
  }
}

TEST_CASE("version takes nothing but a question for help") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"version", "--foo"}, {"version", "extra"}, {"--version", "--source.password=hunter2"}}) {
    const auto ran = run_words(words);
    CHECK(ran.code == usage);
    CHECK(ran.out.empty());
    CHECK(has(ran.err, "version"));
    CHECK_FALSE(has(ran.err, "hunter2"));
  }
  CHECK(run_words({"version", "--help"}).code == ok);
}

TEST_CASE("a wrong command line ends with 64, a wrong environment or file with 78, each in one line") {
  const Folder folder;
  const auto line = run_words({"status", "--source.ulr=x"});
  CHECK(line.code == usage);
  CHECK(line.err == "outbox-relay: unknown option source.ulr (command line); did you mean source.url?\n");
  CHECK(line.out.empty());
  CHECK(run_words({"status"}, {{"OUTBOX_RELAY_SOURCE_URL", "nonsense"}}).code == bad_config);
  CHECK(run_words({"status", "--config=" + folder.write("relay.ini", "[source]\nulr = x\n")}).code == bad_config);
  CHECK(run_words({"status"}).code == bad_config);
}

TEST_CASE("a database that is down is an outage, a table that is missing is not") {
  const Folder folder;
  const auto down = run_words({"status", "--source.url=postgresql://app:hunter2@127.0.0.1:1/shop"});
  CHECK(down.code == try_again);
  CHECK_FALSE(has(down.err, "hunter2"));
  const auto missing = run_words({"status", folder.url()});
  CHECK(missing.code == bad_config);
  CHECK(has(missing.err, "outbox.table"));
  CHECK(has(missing.err, "(source.url from command line)"));
  CHECK(std::count(missing.err.begin(), missing.err.end(), '\n') == 1);
}

TEST_CASE("an option of one command alone is refused by the others") {
  CHECK(run_words({"status", "--max-rows=5", "--source.url=sqlite:/f"}).code == usage);
  CHECK(run_words({"print-config", "--json"}).code == usage);
}
