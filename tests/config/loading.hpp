#pragma once

#include "relay/config/settings.hpp"
#include "tests/support/catch.hpp"

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <string>
#include <unistd.h>
#include <vector>

namespace relay::config {

inline const std::vector<Group>& all_groups() {
  static const std::vector<Group> all = [] {
    std::vector<Group> groups;
    for (const auto& option : options()) groups.push_back(option.group);
    return groups;
  }();
  return all;
}

inline Settings load_lenient(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  return load(arguments, environment, all_groups(), Need::nothing);
}

struct Refusal {
  int exit_code = 0;
  std::string text;
};

/// Loads what must be refused.
inline Refusal refusal(const std::vector<std::string>& arguments, const Environment& environment = {}, Need need = Need::nothing) {
  try {
    static_cast<void>(load(arguments, environment, all_groups(), need));
  } catch (const ConfigError& error) {
    return {error.exit_code(), error.what()};
  }
  FAIL("nothing was refused");
  return {};
}

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// A file that goes with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    const int descriptor = mkstemp(path_.data());
    REQUIRE(descriptor >= 0);
    close(descriptor);
    write(content);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { unlink(path_.c_str()); }

  void write(const std::string& content) const { std::ofstream(path_, std::ios::binary) << content; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/outbox-relay-config-XXXXXX";
};

}  // namespace relay::config
