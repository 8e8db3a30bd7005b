#include "relay/core/columns_left_out.hpp"

#include <utility>

namespace relay::core {

std::string complaint_of(const std::vector<std::string>& left_out) {
  if (left_out.empty()) return {};
  std::string names;
  for (const auto& name : left_out) names += (names.empty() ? "" : ", ") + name;
  return "message.format=connect has no type for " + names + ", and messages do not have them; format row does";
}

void ColumnsLeftOut::tell(const encode::MessageShape& shape, const encode::ColumnRoles& roles, const Layout& layout,
                          std::string_view table, Observer& observer) {
  auto left_out = encode::columns_left_out(shape, roles, layout);
  if (left_out == told_) return;
  told_ = std::move(left_out);
  if (!told_.empty()) observer.say(Level::warning, "table " + std::string(table) + ": " + complaint_of(told_));
}

}  // namespace relay::core
