#include "relay/config/sources.hpp"

#include <boost/program_options.hpp>

namespace relay::config {
namespace po = boost::program_options;
namespace {

po::options_description described_options() {
  po::options_description described;
  for (const auto& option : options()) {
    auto* value = po::value<std::string>();
    if (std::holds_alternative<Flag>(option.type)) value->implicit_value("true");
    described.add_options()(std::string(option.name).c_str(), value);
  }
  return described;
}

/// Boost refuses `--name=` with nothing behind it, which is how an option is switched off.
std::vector<std::string> with_empty_values_apart(std::span<const std::string> arguments) {
  std::vector<std::string> apart;
  for (const auto& argument : arguments) {
    const auto equals = argument.find('=');
    if (argument.starts_with("--") && equals != std::string::npos && equals + 1 == argument.size()) {
      apart.push_back(argument.substr(0, equals));
      apart.emplace_back();
    } else {
      apart.push_back(argument);
    }
  }
  return apart;
}

std::string without_dashes(std::string name) {
  name.erase(0, name.find_first_not_of('-'));
  return name.substr(0, name.find('='));
}

}  // namespace

std::vector<Assignment> read_command_line(std::span<const std::string> arguments) {
  using namespace po::command_line_style;
  const Origin origin{Layer::command_line};
  const auto described = described_options();
  try {
    const auto parsed = po::command_line_parser(with_empty_values_apart(arguments))
                            .options(described)
                            .style(allow_long | long_allow_adjacent | long_allow_next)
                            .run();
    std::vector<Assignment> assignments;
    for (const auto& option : parsed.options) {
      // What stands alone is not repeated in the error: it may be the second half of `--source.password= secret`.
      if (option.position_key >= 0) {
        const auto after = assignments.empty() ? "the command" : "--" + assignments.back().name;
        throw ConfigError(Layer::command_line, "an argument that is no option stands after " + after + "; write --name=value");
      }
      assignments.push_back({option.string_key, {option.value.empty() ? "true" : option.value.front(), origin}});
    }
    return assignments;
  } catch (const po::unknown_option& error) {
    Values().take({{without_dashes(error.get_option_name()), {{}, origin}}});
    throw;
  } catch (const po::error_with_option_name& error) {
    throw ConfigError(Layer::command_line, "--" + without_dashes(error.get_option_name()) + " needs a value: write --name=value");
  }
}

}  // namespace relay::config
