#include "relay/cli/command.hpp"

#include "relay/cli/findings.hpp"
#include "relay/config/help.hpp"
#include "relay/core/outbox_table.hpp"

#include <algorithm>
#include <exception>
#include <ostream>

namespace relay::cli {
namespace {

using config::Group;

const std::vector<Command>& table() {
  static const std::vector<Command> all{
      {"run",
       "relays until it is stopped: the side-car",
       {Group::file, Group::source, Group::table, Group::columns, Group::claim, Group::bad_rows, Group::message, Group::wait,
        Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown},
       run},
      {"drain",
       "relays until the outbox is empty, then ends: for cron",
       {Group::file, Group::source, Group::table, Group::columns, Group::claim, Group::bad_rows, Group::message, Group::wait,
        Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown, Group::drain},
       drain},
      {"demo", "an outbox in SQLite and a Kafka cluster inside this process: orders are placed, relayed and shown", {}, demo},
      {"init",
       "creates the outbox table, or says that it is there; never drops or alters anything",
       {Group::file, Group::source, Group::table, Group::lease, Group::init},
       init},
      {"check",
       "a doctor: says of each item ok, warning or failed, with the cure",
       {Group::file, Group::source, Group::table, Group::columns, Group::claim, Group::bad_rows, Group::message, Group::wake,
        Group::lease, Group::kafka},
       check},
      {"status",
       "how many rows wait, and since when",
       {Group::file, Group::source, Group::table, Group::columns, Group::lease, Group::json},
       status},
      {"replay",
       "mark mode: rows that were sent count as unsent again, and the relay sends them once more",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::times, Group::key,
        Group::dry_run},
       replay},
      {"prune",
       "mark mode: deletes rows that were sent long ago, in small batches",
       {Group::file, Group::source, Group::table, Group::columns, Group::keep, Group::dry_run},
       prune},
      {"print-config",
       "every option's value in force and where it came from, secrets redacted",
       {Group::file, Group::source, Group::table, Group::columns, Group::claim, Group::bad_rows, Group::message, Group::wait,
        Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown, Group::drain, Group::migrate},
       print_config,
       config::Need::nothing},
  };
  return all;
}

int usage_error(std::ostream& err, const std::string& what) {
  err << "outbox-relay: " << what << "\n\n" << overview();
  return usage;
}

bool asks_for_help(std::span<const std::string> arguments) {
  return std::any_of(arguments.begin(), arguments.end(), [](const auto& word) { return word == "--help" || word == "-h"; });
}

int help(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  if (arguments.empty() || asks_for_help(arguments)) {
    out << overview();
    return ok;
  }
  const auto* command = find_command(arguments.front());
  if (arguments.front() == "version") {
    out << "outbox-relay version: prints the version, the build and the versions of the libraries\n";
    return ok;
  }
  if (command == nullptr) return usage_error(err, "unknown command " + arguments.front());
  out << help_of(*command);
  return ok;
}

int run_command(const Command& command, std::span<const std::string> arguments, const config::Environment& environment,
                std::ostream& out, std::ostream& err) {
  config::Origin source;
  const auto complain = [&](int code, const std::string& what) {
    err << "outbox-relay: " << what << '\n';
    return code;
  };
  const auto at_source = [&] { return " (source.url from " + source.text() + ")"; };
  try {
    const auto settings = config::load(arguments, environment, command.heeded, command.need);
    if (const auto* url = settings.values.find("source.url")) source = url->origin;
    return command.function(settings, out);
  } catch (const config::ConfigError& error) {
    return complain(error.exit_code(), error.what());
  } catch (const core::SchemaError& error) {
    return complain(bad_config, error.what() + at_source());
  } catch (const db::DbError& error) {
    return complain(error.transient() ? try_again : bad_config, error.what() + std::string(cure_of(error)) + at_source());
  } catch (const std::exception& error) {
    return complain(failed, error.what());
  }
}

}  // namespace

std::span<const Command> commands() {
  return table();
}

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const Command& command) { return command.name == name; });
  return found == table().end() ? nullptr : &*found;
}

int dispatch(std::span<const std::string> arguments, const config::Environment& environment, std::ostream& out, std::ostream& err) {
  if (arguments.empty()) return usage_error(err, "no command given");
  const std::string_view name = arguments.front();
  const auto rest = arguments.subspan(1);
  if (name == "help" || name == "--help" || name == "-h") return help(rest, out, err);
  if (name == "version" || name == "--version") {
    out << version_text();
    return ok;
  }
  const auto* command = find_command(name);
  if (command == nullptr) {
    return usage_error(
        err, name.starts_with('-') ? "the command comes first, then its options" : "unknown command " + std::string(name));
  }
  if (asks_for_help(rest)) {
    out << help_of(*command);
    return ok;
  }
  return run_command(*command, rest, environment, out, err);
}

}  // namespace relay::cli
