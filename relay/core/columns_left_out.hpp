#pragma once

#include "relay/core/observer.hpp"
#include "relay/encode/encoder.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relay::core {

/// What is wrong with columns that the format leaves out, in one line; "": nothing is.
[[nodiscard]] std::string complaint_of(const std::vector<std::string>& left_out);

/// Tells the log which columns the format leaves out: once, and again when they change, not with every connection.
class ColumnsLeftOut {
 public:
  /// @throws std::invalid_argument  see encode::make_encoder
  void tell(const encode::MessageShape& shape, const encode::ColumnRoles& roles, const Layout& layout, std::string_view table,
            Observer& observer);

 private:
  std::vector<std::string> told_;
};

}  // namespace relay::core
