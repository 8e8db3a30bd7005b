#pragma once

#include <filesystem>
#include <string>

namespace architecture {

/// What a shell command printed (both streams) and its exit code; 128 + signal when a signal ended it.
struct Outcome {
  int code = 0;
  std::string output;
};

[[nodiscard]] Outcome shell(const std::string& command);

/// A new empty folder that disappears with this value.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file below the folder, and returns its path.
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace architecture
