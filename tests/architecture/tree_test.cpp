#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

namespace {

const std::filesystem::path root = test::source_folder;

std::set<std::string> unexpected_names(const std::set<std::string>& names) {
  static const std::set<std::string> allowed = {
      "CMakeLists.txt", "CMakePresets.json", "README.md", "relay", "db_adapters", "sql", "tests", "deploy", "build"};
  std::set<std::string> found;
  std::ranges::copy_if(names, std::inserter(found, found.end()),
                       [](const std::string& name) { return !name.starts_with('.') && !allowed.contains(name); });
  return found;
}

}  // namespace

TEST_CASE("the top of the tree has no other names than the project's") {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(root)) names.insert(entry.path().filename().string());
  for (const auto& name : unexpected_names(names)) FAIL_CHECK(name + " does not belong to the top of the tree");
  CHECK(names.contains("CMakeLists.txt"));
}

TEST_CASE("a stray name at the top is seen") {
  CHECK(unexpected_names({"relay", ".clang-format", "notes.txt", "utils"}) == std::set<std::string>{"notes.txt", "utils"});
}

TEST_CASE("the presets dev, release, asan, tsan and coverage exist and configure separate folders") {
  const auto presets = nlohmann::json::parse(std::ifstream(root / "CMakePresets.json"));
  std::set<std::string> configured;
  for (const auto& preset : presets.at("configurePresets")) {
    if (!preset.value("hidden", false)) configured.insert(preset.at("name"));
  }
  CHECK(configured == std::set<std::string>{"dev", "release", "asan", "tsan", "coverage"});
  const auto base = presets.at("configurePresets").at(0);
  CHECK(base.at("binaryDir").get<std::string>().ends_with("${presetName}"));
}
