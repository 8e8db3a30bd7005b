#include "relay/core/cursor_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace relay::core {
namespace {

using nlohmann::ordered_json;

ordered_json parsed(const std::string& text, const std::filesystem::path& path) {
  if (text.empty()) return ordered_json::object();
  auto json = ordered_json::parse(text, nullptr, false);
  if (json.is_object()) return json;
  throw std::runtime_error("the file " + path.string() + " (table.state) holds no cursors: name another one, or remove it");
}

/// What is written has to last before anything relies on it.
void sync(const std::filesystem::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!done) throw std::system_error(error, std::generic_category(), path.string());
}

}  // namespace

std::string CursorFile::text() const {
  std::error_code ignored;
  if (!std::filesystem::exists(path_, ignored)) return {};
  std::ifstream file(path_, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("the file " + path_.string() + " (table.state) cannot be read: change its owner or mode");
  return text.str();
}

void CursorFile::replace_by(const std::string& text) const {
  auto fresh = path_;
  fresh += ".new";
  {
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file << text;
    file.flush();
    if (!file)
      throw std::runtime_error("the file " + fresh.string() +
                               " (table.state) cannot be written: change its folder's owner or mode");
  }
  sync(fresh, O_RDONLY);
  std::filesystem::rename(fresh, path_);
  sync(path_.has_parent_path() ? path_.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

std::optional<std::string> CursorFile::load(const std::string& name) {
  const auto json = parsed(text(), path_);
  if (!json.contains(name)) {
    if (json.empty()) replace_by("{}\n");  // a folder that cannot be written to is told now, not when rows are in Kafka
    return std::nullopt;
  }
  return json.at(name).dump();
}

void CursorFile::save(const std::string& name, const std::string& state) {
  auto json = parsed(text(), path_);
  json[name] = ordered_json::parse(state);
  replace_by(json.dump(1) + "\n");
}

void CursorFile::remove(const std::string& name) {
  auto json = parsed(text(), path_);
  if (json.erase(name) > 0) replace_by(json.dump(1) + "\n");
}

}  // namespace relay::core
