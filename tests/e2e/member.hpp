#pragma once

#include "tests/e2e/port.hpp"
#include "tests/e2e/relay_process.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace e2e {

/// A relay on a shop, with its metrics on a port of its own; one of several perhaps.
class Member {
 public:
  /// @param words  of `relaying`
  explicit Member(std::vector<std::string> words);
  Member(const Shop& shop, const std::vector<std::string>& more) : Member(relaying("run", shop, more)) {}

  [[nodiscard]] bool leads() const { return metric("leader") == 1.0; }
  [[nodiscard]] bool stands_by() const { return metric("leader") == 0.0 && metric("db_connected") == 1.0; }

  /// The value of a series, with its labels in braces if it has any; none: it does not answer, or has no such one.
  [[nodiscard]] std::optional<double> metric(const std::string& name) const;
  [[nodiscard]] bool alive() const { return answers("/livez"); }   ///< its loop beats
  [[nodiscard]] bool ready() const { return answers("/readyz"); }  ///< it may take its part
  [[nodiscard]] RelayProcess& process() { return process_; }

 private:
  [[nodiscard]] bool answers(std::string_view path) const;

  Port port_;
  RelayProcess process_;
};

}  // namespace e2e
