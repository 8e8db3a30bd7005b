#include "relay/config/help.hpp"

#include "relay/cli/command.hpp"

namespace relay::cli {
namespace {

constexpr std::size_t command_indent = 17;

}  // namespace

std::string overview() {
  std::string text =
      "outbox-relay moves the rows of an outbox table in an SQL database to Kafka\n\n"
      "Usage: outbox-relay COMMAND [options]\n\nCommands:\n";
  for (const auto& command : commands()) text += config::entry(command.name, command.summary, command_indent);
  text += config::entry("version", "version, build, library versions", command_indent);
  text += config::entry("help COMMAND", "the command's options", command_indent);
  return text +
         "\nAny option can stand in a configuration file (--config FILE, INI: [source] then url = ...),\n"
         "in the environment (OUTBOX_RELAY_SOURCE_URL) or on the command line (--source.url=...); the later wins.\n"
         "Exit codes: 0 ok or drained, 64 usage, 75 try again later (outage, rows left), 78 configuration or schema, 1 anything "
         "else.\n";
}

std::string help_of(const Command& command) {
  const std::string name(command.name);
  const auto text = "outbox-relay " + name + ": " + std::string(command.summary) + "\n\nUsage: outbox-relay " + name;
  if (command.heeded.empty()) return text + "\n";
  return text + (command.operand.empty() ? "" : " [ID | FIRST-LAST]") + " [options]\n\nOptions [default]:\n" +
         config::describe_options(command.heeded) +
         "\nIn a file: [source] then url = ...; as a variable: " + config::environment_name("source.url") +
         "; the command line wins over both.\n";
}

}  // namespace relay::cli
