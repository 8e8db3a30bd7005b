#pragma once

#include "relay/core/cursor_place.hpp"

#include <filesystem>

namespace relay::core {

/// Cursors in a file: one JSON object, a member for each. It is replaced as a whole, so a crash leaves the former one.
class CursorFile final : public CursorPlace {
 public:
  explicit CursorFile(std::filesystem::path path) : path_(std::move(path)) {}

  [[nodiscard]] std::optional<std::string> load(const std::string& name) override;
  void save(const std::string& name, const std::string& state) override;
  void remove(const std::string& name) override;

 private:
  [[nodiscard]] std::string text() const;
  void replace_by(const std::string& text) const;

  std::filesystem::path path_;
};

}  // namespace relay::core
