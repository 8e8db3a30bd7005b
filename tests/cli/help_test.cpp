#include "relay/config/help.hpp"

#include "tests/cli/running.hpp"

#include <algorithm>

using namespace relay::cli;
namespace config = relay::config;

namespace {

bool lists(const std::string& help, const config::Option& option) {
  const auto line = "\n  --" + std::string(option.name);
  return has(help, line + " ") || has(help, line + "\n");
}

bool heeds(const Command& command, const config::Option& option) {
  return std::find(command.heeded.begin(), command.heeded.end(), option.group) != command.heeded.end();
}

}  // namespace

TEST_CASE("help of a command lists exactly the options that it heeds, however help is asked for") {
  for (const auto& command : commands()) {
    const std::string name(command.name);
    const auto help = run_words({name, "--help"});
    CHECK(help.code == ok);
    CHECK(help.out == run_words({"help", name}).out);
    CHECK(help.out == run_words({name, "--source.url=x", "-h"}).out);
    for (const auto& option : config::options()) {
      INFO(option.name << " in the help of " << name);
      CHECK(lists(help.out, option) == heeds(command, option));
    }
  }
}

TEST_CASE("every option belongs to a command that does something with it") {
  for (const auto& option : config::options()) {
    INFO(option.name);
    CHECK(std::any_of(commands().begin(), commands().end(), [&](const auto& command) {
      const bool own = command.name != "print-config" || option.group == config::Group::migrate;
      return own && heeds(command, option);
    }));
  }
}

TEST_CASE("the overview lists the commands that exist and no other") {
  const auto overview = run_words({"--help"}).out;
  for (const auto& command : commands()) CHECK(has(overview, "\n  " + std::string(command.name) + " "));
  CHECK(overview == run_words({"help"}).out);
}

TEST_CASE("the options fit a terminal of 110 columns") {
  for (const auto& command : commands()) {
    std::istringstream lines(config::describe_options(command.heeded));
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      CHECK(line.size() <= 110);
    }
  }
}
