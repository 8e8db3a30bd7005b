#pragma once

#include <optional>
#include <string>

namespace relay::core {

/// Where the cursors are kept when that is not the database: for roles that may only read. One relay at a time uses it.
class CursorPlace {
 public:
  virtual ~CursorPlace() = default;

  /// @return none: nothing is saved under that name
  /// @throws kafka::ClusterError  where it is a topic  @throws std::runtime_error  one line
  [[nodiscard]] virtual std::optional<std::string> load(const std::string& name) = 0;
  /// Returns when it lasts. @throws  as load
  virtual void save(const std::string& name, const std::string& state) = 0;
  virtual void remove(const std::string& name) = 0;
};

}  // namespace relay::core
