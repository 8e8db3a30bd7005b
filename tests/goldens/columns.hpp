#pragma once

#include <set>
#include <string>

namespace goldens {

/// Takes a column out of what JsonConverter wrote of a struct: its member, and its field where there is a schema. The rest stays
/// as it is, byte for byte.
/// @param column  not the first one
/// @return what was taken; empty: there is no such column
std::string cut_column(std::string& value, const std::string& column);

/// Where two values part, with what stands around there: for a person. Empty: they are equal.
[[nodiscard]] std::string first_difference(const std::string& wanted, const std::string& sent);

/// The columns in which a row's message is known to differ from the captured one: `capture row column` lines of the differences.
/// A row `*` stands for every row of the capture. Remembers which lines were of use.
class KnownColumns {
 public:
  KnownColumns(const std::set<std::string>& differences, const std::string& capture);

  /// Takes those columns out of both messages.
  void cut(const std::string& label, std::string& wanted, std::string& sent);

  /// Lines that no row needed: what they name does not differ (any more).
  [[nodiscard]] const std::set<std::string>& unused() const { return unused_; }

 private:
  std::string capture_;
  std::set<std::string> all_;
  std::set<std::string> unused_;
};

}  // namespace goldens
