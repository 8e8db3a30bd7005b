#include "tests/architecture/arrows.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <regex>
#include <sstream>

namespace architecture {

namespace {

/// A folder (or file), and what it may include of the project besides itself. A header alone is named where only that one is open.
struct Floor {
  std::string_view path;
  std::vector<std::string_view> sees;
};

const std::vector<Floor>& floors() {
  static const std::vector<Floor> from_the_ground_up = {
      {"relay/domain/", {}},
      {"relay/encode/", {"relay/domain/"}},
      {"relay/kafka/", {"relay/domain/"}},
      {"db_adapters/port/", {"relay/domain/", "sql/queries.hpp"}},
      {"db_adapters/postgres/", {"relay/domain/", "db_adapters/port/", "sql/queries.hpp"}},
      {"db_adapters/mysql/", {"relay/domain/", "db_adapters/port/", "sql/queries.hpp"}},
      {"db_adapters/soci/", {"relay/domain/", "db_adapters/port/", "sql/queries.hpp"}},
      {"relay/core/", {"relay/domain/", "relay/encode/", "relay/kafka/", "db_adapters/port/", "sql/queries.hpp"}},
      {"relay/config/", {"relay/domain/", "relay/encode/", "relay/kafka/", "db_adapters/port/"}},
      {"relay/observe/", {"relay/domain/", "relay/encode/", "relay/kafka/", "relay/core/", "db_adapters/port/"}},
      {"relay/cli/", {"relay/", "db_adapters/", "sql/"}},
      {"relay/main.cpp", {"relay/", "db_adapters/", "sql/"}},
  };
  return from_the_ground_up;
}

/// A library that only one driver may name; relay/cli may too, where it prints versions.
struct Library {
  std::string_view header;
  std::string_view owner;
};

constexpr std::array libraries = {
    Library{"librdkafka/", "relay/kafka/"},
    Library{"libpq-fe.h", "db_adapters/postgres/"},
    Library{"libpq/", "db_adapters/postgres/"},
    Library{"mysql.h", "db_adapters/mysql/"},
    Library{"mysql/", "db_adapters/mysql/"},
    Library{"errmsg.h", "db_adapters/mysql/"},
    Library{"mysqld_error.h", "db_adapters/mysql/"},
    Library{"soci/", "db_adapters/soci/"},
    Library{"boost/", "relay/config/"},
    Library{"httplib.h", "relay/observe/"},
    Library{"prometheus/", "relay/observe/"},
    Library{"spdlog/", "relay/observe/"},
};

bool sees(const Floor& floor, std::string_view name) {
  if (name.starts_with(floor.path)) return true;
  return std::ranges::any_of(floor.sees, [name](std::string_view open) { return name.starts_with(open); });
}

bool names_foreign_driver(std::string_view path, std::string_view header) {
  if (path.starts_with("relay/cli/")) return false;
  return std::ranges::any_of(
      libraries, [&](const Library& library) { return header.starts_with(library.header) && !path.starts_with(library.owner); });
}

std::string sentence(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text;
}

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::vector<Source> read_sources(const std::filesystem::path& root) {
  std::vector<Source> sources;
  for (const auto* top : {"relay", "db_adapters"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      sources.push_back({std::filesystem::relative(entry.path(), root).generic_string(), read(entry.path())});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

std::vector<Include> includes(std::string_view text) {
  static const std::regex line(R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">])re");
  std::vector<Include> found;
  const std::string copy(text);
  for (std::sregex_iterator match(copy.begin(), copy.end(), line), end; match != end; ++match) {
    found.push_back({(*match)[2].str(), (*match)[1].str() == "<"});
  }
  return found;
}

std::vector<std::string> arrows_up(const std::vector<Source>& sources) {
  std::vector<std::string> found;
  for (const Source& source : sources) {
    const auto floor = std::ranges::find_if(floors(), [&source](const Floor& each) { return source.path.starts_with(each.path); });
    if (floor == floors().end()) {
      found.push_back(source.path + " stands on no floor: name its folder in tests/architecture/arrows.cpp");
      continue;
    }
    for (const Include& include : includes(source.text)) {
      const bool up = include.foreign ? names_foreign_driver(source.path, include.name) : !sees(*floor, include.name);
      if (up) found.push_back(sentence({source.path, " includes ", include.name, ", which its floor must not see"}));
    }
  }
  return found;
}

std::vector<std::string> dialect_questions(const std::vector<Source>& sources) {
  static const std::regex question(R"re(dialect\w*(?:\(\))?(?:(?:\.|->)name(?:\(\))?)?\s*[=!]=|[=!]=\s*\w*[.>]?dialect)re",
                                   std::regex::icase);
  std::vector<std::string> found;
  for (const auto& [path, text] : sources) {
    if (path.starts_with("db_adapters/")) continue;
    std::istringstream lines(text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      const std::string code = line.substr(0, line.find("//"));
      if (std::regex_search(code, question))
        found.push_back(sentence({path, ":", std::to_string(number), " asks for the dialect: ", line}));
    }
  }
  return found;
}

}  // namespace architecture
