#pragma once

#include "relay/config/settings.hpp"

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relay::cli {

/// A command is one file with one function; command.cpp has the table.
/// @param out  standard output: what was asked for, nothing else
/// @return the exit code (design: 0 ok or drained, 64 usage, 75 try again later, 78 configuration or schema, 1 anything else)
using Function = int (*)(const config::Settings& settings, std::ostream& out);

struct Command {
  std::string_view name;  ///< one word or two
  std::string_view summary;
  std::vector<config::Group>
      heeded;  ///< the options that mean something to it: its help lists them, and those that are required must be set
  Function function;
  config::Need need = config::Need::required_options;
  std::string_view operand{};  ///< the option that a word behind the name means: `dead show 17` is `dead show --ids=17`
};

[[nodiscard]] std::span<const Command> commands();
[[nodiscard]] const Command* find_command(std::string_view name);

/// Exit codes, after sysexits.h.
constexpr int ok = 0;
constexpr int failed = 1;
constexpr int usage = 64;
constexpr int try_again = 75;
constexpr int bad_config = 78;

/// Runs what the arguments (without the program's name) ask for. Every error becomes one line on `err`: `outbox-relay: ...`.
[[nodiscard]] int dispatch(std::span<const std::string> arguments, const config::Environment& environment, std::ostream& out,
                           std::ostream& err);

/// Ends a line about the database: ` (source.url from command line)`.
[[nodiscard]] std::string at_source(const config::Origin& url);

[[nodiscard]] std::string overview();
[[nodiscard]] std::string help_of(const Command& command);
[[nodiscard]] std::string version_text();
[[nodiscard]] std::string version_number();

int run(const config::Settings& settings, std::ostream& out);
int demo(const config::Settings& settings, std::ostream& out);
int dead_list(const config::Settings& settings, std::ostream& out);
int dead_retry(const config::Settings& settings, std::ostream& out);
int dead_show(const config::Settings& settings, std::ostream& out);
int dead_skip(const config::Settings& settings, std::ostream& out);
int drain(const config::Settings& settings, std::ostream& out);
int init(const config::Settings& settings, std::ostream& out);
int check(const config::Settings& settings, std::ostream& out);
int prune(const config::Settings& settings, std::ostream& out);
int replay(const config::Settings& settings, std::ostream& out);
int status(const config::Settings& settings, std::ostream& out);
int cursor_show(const config::Settings& settings, std::ostream& out);
int cursor_set(const config::Settings& settings, std::ostream& out);
int cursor_reset(const config::Settings& settings, std::ostream& out);
int print_config(const config::Settings& settings, std::ostream& out);

}  // namespace relay::cli
