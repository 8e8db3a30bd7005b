#include "relay/cli/command.hpp"
#include "relay/cli/debezium.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace relay::cli {
namespace {

using Line = std::array<std::string, 3>;

std::string on_one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else {
      line += c;
    }
  }
  return line.empty() ? "\"\"" : line;
}

Line line_of(std::string_view name, const config::Value& value) {
  return {std::string(name), on_one_line(config::shown(name, value.text)), value.origin.text()};
}

std::vector<Line> lines_of(const config::Values& values) {
  std::vector<Line> lines{{"option", "value", "origin"}};
  const auto& heeded = find_command("print-config")->heeded;
  for (const auto& option : config::options()) {
    if (std::find(heeded.begin(), heeded.end(), option.group) == heeded.end()) continue;
    if (option.name == "kafka.*") {
      for (const auto& [name, value] : values.with_prefix("kafka.")) {
        if (config::find_option(name) == &option) lines.push_back(line_of(name, *value));
      }
    } else if (const auto* value = values.find(option.name)) {
      lines.push_back(line_of(option.name, *value));
    } else {
      lines.push_back({std::string(option.name), "-", "default"});
    }
  }
  return lines;
}

}  // namespace

int print_config(const config::Settings& settings, std::ostream& out) {
  if (const auto& file = settings.values.text("from-debezium"); !file.empty()) {
    out << options_of_debezium(read_properties(file, settings.values.find("from-debezium")->origin));
    return ok;
  }
  if (settings.values.text("as") == "debezium") {
    out << debezium_properties_of(settings);
    return ok;
  }
  const auto lines = lines_of(settings.values);
  std::array<std::size_t, 2> widths{};
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < widths.size(); ++i) out << line[i] << std::string(widths[i] - line[i].size() + 2, ' ');
    out << line.back() << '\n';
  }
  return ok;
}

}  // namespace relay::cli
