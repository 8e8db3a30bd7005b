#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace architecture {

/// A source file: its path from the root of the project, and its text.
struct Source {
  std::string path;
  std::string text;
};

/// What stands in the quotes or brackets of an #include, and which of the two.
struct Include {
  std::string name;
  bool foreign = false;  ///< <...>
};

/// Every *.hpp and *.cpp below `root`/relay and `root`/db_adapters, by path.
[[nodiscard]] std::vector<Source> read_sources(const std::filesystem::path& root);

[[nodiscard]] std::vector<Include> includes(std::string_view text);

/// One sentence for each include that points up: to a floor that the file's own floor must not see, or past a port to its driver's
/// library.
[[nodiscard]] std::vector<std::string> arrows_up(const std::vector<Source>& sources);

/// One sentence for each line outside db_adapters/ that asks which dialect it has: such a difference belongs into sql/ or into
/// Dialect.
[[nodiscard]] std::vector<std::string> dialect_questions(const std::vector<Source>& sources);

}  // namespace architecture
