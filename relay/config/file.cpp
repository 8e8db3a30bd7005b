#include "relay/config/sources.hpp"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include <boost/program_options.hpp>

namespace relay::config {
namespace po = boost::program_options;
namespace {

constexpr char hash_in_value = '\x01';

/// Boost takes every `#` for a comment and would cut `password = a#b` short without a word.
std::string without_comments(std::istream& text) {
  std::string result;
  for (std::string line; std::getline(text, line);) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '#') continue;
      if (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t') {
        line.erase(i);
      } else {
        line[i] = hash_in_value;
      }
    }
    result += line + '\n';
  }
  return result;
}

std::string with_hashes(std::string value) {
  for (char& c : value) {
    if (c == hash_in_value) c = '#';
  }
  return value;
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos ? "" : line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// The line itself is not shown: it may hold a secret.
std::string number_of(std::string_view bad_line, const std::string& text) {
  std::istringstream lines(text);
  int number = 1;
  for (std::string line; std::getline(lines, line) && trimmed(line) != bad_line;) ++number;
  return "line " + std::to_string(number);
}

}  // namespace

std::vector<Assignment> read_ini(std::istream& text, const Origin& origin) {
  const auto plain = without_comments(text);
  std::istringstream stream(plain);
  try {
    std::vector<Assignment> assignments;
    for (const auto& option : po::parse_config_file(stream, po::options_description(), true).options) {
      if (option.string_key == "config")
        throw ConfigError(origin.layer, name_and_origin("config", origin) + " cannot stand in a file");
      assignments.push_back({option.string_key, {option.value.empty() ? "" : with_hashes(option.value.front()), origin}});
    }
    return assignments;
  } catch (const po::invalid_syntax& error) {
    throw ConfigError(origin.layer, number_of(error.tokens(), plain) + " of " + origin.text() +
                                        " is neither [section] nor name = value nor # comment");
  }
}

std::vector<Assignment> read_file(const std::string& path, const Origin& named_by) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    throw ConfigError(named_by.layer, name_and_origin("config", named_by) + ": cannot read " + path + ": " +
                                          std::generic_category().message(errno));
  }
  std::istringstream content(text.str());
  return read_ini(content, {Layer::file, path});
}

}  // namespace relay::config
