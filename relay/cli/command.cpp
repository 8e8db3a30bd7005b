#include "relay/cli/command.hpp"

#include "relay/config/help.hpp"
#include "relay/core/cure.hpp"
#include "relay/core/outbox_table.hpp"
#include "relay/kafka/cluster_error.hpp"

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
       {Group::file, Group::source, Group::table, Group::polling, Group::columns, Group::claim, Group::bad_rows, Group::message,
        Group::wait, Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown},
       run},
      {"drain",
       "relays until the outbox is empty, then ends: for cron",
       {Group::file, Group::source, Group::table, Group::polling, Group::columns, Group::claim, Group::bad_rows, Group::message,
        Group::wait, Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown, Group::drain},
       drain},
      {"demo", "an outbox in SQLite and a Kafka cluster inside this process: orders are placed, relayed and shown", {}, demo},
      {"init",
       "creates the outbox table, or says that it is there; never drops or alters anything",
       {Group::file, Group::source, Group::table, Group::polling, Group::lease, Group::init},
       init},
      {"check",
       "a doctor: says of each item ok, warning or failed, with the cure",
       {Group::file, Group::source, Group::table, Group::polling, Group::columns, Group::claim, Group::bad_rows, Group::message,
        Group::wake, Group::lease, Group::kafka},
       check},
      {"status",
       "how many rows wait, and since when; of polled tables, up to where they are relayed",
       {Group::file, Group::source, Group::table, Group::polling, Group::columns, Group::lease, Group::json},
       status},
      {"dead list",
       "the rows that cannot be sent, why, and since when",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::key, Group::topic,
        Group::json},
       dead_list,
       config::Need::required_options,
       "ids"},
      {"dead show",
       "all columns of such rows, by ID, key or topic",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::key, Group::topic,
        Group::json},
       dead_show,
       config::Need::required_options,
       "ids"},
      {"dead retry",
       "tries such rows again; parked or skipped ones go back to the outbox first",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::key, Group::topic,
        Group::dry_run},
       dead_retry,
       config::Need::required_options,
       "ids"},
      {"dead skip",
       "takes such rows out of the way for good: their keys and topics go on without them",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::key, Group::topic,
        Group::dry_run},
       dead_skip,
       config::Need::required_options,
       "ids"},
      {"replay",
       "mark mode: rows that were sent count as unsent again, and the relay sends them once more",
       {Group::file, Group::source, Group::table, Group::columns, Group::message, Group::ids, Group::times, Group::key,
        Group::dry_run},
       replay},
      {"prune",
       "mark mode: deletes rows that were sent long ago, in small batches",
       {Group::file, Group::source, Group::table, Group::columns, Group::keep, Group::dry_run},
       prune},
      {"cursor show",
       "polled tables: up to where they are relayed",
       {Group::file, Group::source, Group::table, Group::polling, Group::lease, Group::kafka},
       cursor_show},
      {"cursor set",
       "polled tables: relays again from there on, or leaves out what lies before",
       {Group::file, Group::source, Group::table, Group::polling, Group::lease, Group::kafka, Group::cursor, Group::dry_run},
       cursor_set,
       config::Need::required_options,
       "to"},
      {"cursor reset",
       "polled tables: forgets the cursors, so that the next relay begins at table.start",
       {Group::file, Group::source, Group::table, Group::polling, Group::lease, Group::kafka, Group::dry_run},
       cursor_reset},
      {"print-config",
       "every option's value in force and where it came from, secrets redacted",
       {Group::file, Group::source, Group::table, Group::polling, Group::columns, Group::claim, Group::bad_rows, Group::message,
        Group::wait, Group::wake, Group::lease, Group::kafka, Group::http, Group::log, Group::shutdown, Group::drain,
        Group::migrate},
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

/// The words that name a command: two where the first alone names none.
std::size_t words_of_name(std::span<const std::string> arguments) {
  const bool two = find_command(arguments.front()) == nullptr && arguments.size() > 1 &&
                   find_command(arguments[0] + " " + arguments[1]) != nullptr;
  return two ? 2 : 1;
}

const Command* named_command(std::span<const std::string> arguments) {
  return find_command(words_of_name(arguments) == 2 ? arguments[0] + " " + arguments[1] : arguments.front());
}

std::string unknown(const std::string& word) {
  std::string known;
  for (const auto& command : table()) {
    if (command.name.starts_with(word + " ")) known += (known.empty() ? "" : ", ") + std::string(command.name);
  }
  return known.empty() ? "unknown command " + word : word + " is the first word of these: " + known;
}

/// The first word behind the command may be what it is about.
std::vector<std::string> with_operand_named(const Command& command, std::span<const std::string> arguments) {
  std::vector<std::string> named(arguments.begin(), arguments.end());
  const bool given = !command.operand.empty() && !named.empty() && !named.front().starts_with('-');
  if (given) named.front() = "--" + std::string(command.operand) + "=" + named.front();
  return named;
}

int help(std::span<const std::string> arguments, std::ostream& out, std::ostream& err) {
  if (arguments.empty() || asks_for_help(arguments)) {
    out << overview();
    return ok;
  }
  const auto* command = named_command(arguments);
  if (arguments.front() == "version") {
    out << "outbox-relay version: prints the version, the build and the versions of the libraries\n";
    return ok;
  }
  if (command == nullptr) return usage_error(err, unknown(arguments.front()));
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
  try {
    const auto settings = config::load(arguments, environment, command.heeded, command.need);
    if (const auto* url = settings.values.find("source.url")) source = url->origin;
    return command.function(settings, out);
  } catch (const config::ConfigError& error) {
    return complain(error.exit_code(), error.what());
  } catch (const core::SchemaError& error) {
    return complain(bad_config, error.what() + at_source(source));
  } catch (const db::DbError& error) {
    return complain(error.needs_operator() ? bad_config : try_again,
                    error.what() + std::string(core::cure_of(error)) + at_source(source));
  } catch (const kafka::ClusterError& error) {
    return complain(error.transient() ? try_again : bad_config, error.what());
  } catch (const std::exception& error) {
    return complain(failed, error.what());
  }
}

}  // namespace

std::string at_source(const config::Origin& url) {
  return " (source.url from " + url.text() + ")";
}

std::span<const Command> commands() {
  return table();
}

const Command* find_command(std::string_view name) {
  const auto found = std::find_if(table().begin(), table().end(), [&](const Command& command) { return command.name == name; });
  return found == table().end() ? nullptr : &*found;
}

int dispatch(std::span<const std::string> arguments, const config::Environment& environment, std::ostream& out, std::ostream& err) {
  if (arguments.empty()) return usage_error(err, "no command given");
  const auto& name = arguments.front();
  const auto rest = arguments.subspan(words_of_name(arguments));
  if (name == "help" || name == "--help" || name == "-h") return help(rest, out, err);
  if (name == "version" || name == "--version") {
    if (asks_for_help(rest)) return help({}, out, err);
    if (!rest.empty()) return usage_error(err, "version takes no options and no other words");
    out << version_text();
    return ok;
  }
  const auto* command = named_command(arguments);
  if (command == nullptr) {
    return usage_error(err, name.starts_with('-') ? "the command comes first, then its options" : unknown(name));
  }
  if (asks_for_help(rest)) {
    out << help_of(*command);
    return ok;
  }
  return run_command(*command, with_operand_named(*command, rest), environment, out, err);
}

}  // namespace relay::cli
