#include "tests/cli/running.hpp"
#include "tests/support/paths.hpp"

namespace config = relay::config;

namespace {

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

/// A choice lists its words, the default in bold.
std::string default_cell(const config::Option& option) {
  if (option.required) return "required";
  std::string words;
  if (const auto* choice = std::get_if<config::Choice>(&option.type)) {
    for (const auto word : choice->words) {
      words += (words.empty() ? "" : ", ") + (word == option.fallback ? "**" + quoted(word) + "**" : quoted(word));
    }
    return words + (option.fallback_note.empty() ? "" : "; " + std::string(option.fallback_note));
  }
  if (!option.fallback_note.empty()) return std::string(option.fallback_note);
  return option.fallback.empty() ? "-" : quoted(option.fallback);
}

std::vector<std::string> option_lines_of_readme() {
  std::ifstream readme(std::string(test::source_folder) + "/README.md");
  std::vector<std::string> lines;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line == "<!-- options -->" || line == "<!-- /options -->") {
      inside = !inside;
    } else if (inside && line.starts_with("| `")) {
      lines.push_back(line);
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("the README lists every setting with its default and meaning, in the table's order, and no other") {
  std::vector<std::string> wanted;
  for (const auto& option : config::options()) {
    if (!config::is_setting(option)) continue;
    wanted.push_back("| " + quoted(option.name) + " | " + default_cell(option) + " | " + std::string(option.meaning) + " |");
  }
  CHECK(option_lines_of_readme() == wanted);
}
