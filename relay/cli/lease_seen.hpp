#pragma once

#include "relay/core/lease_table.hpp"

#include <optional>
#include <ostream>

#include <nlohmann/json.hpp>

namespace relay::cli {

/// A lease as its row says; none: it is off, or nobody ever asked for it.
[[nodiscard]] inline bool is_held(const std::optional<core::LeaseRow>& lease) {
  return lease && lease->left.count() > 0;
}

/// `lease     held by host/12/a4, token 3, 12.5 s left`; nothing where there is none.
void print_lease(const std::optional<core::LeaseRow>& lease, std::ostream& out);
/// Members lease_holder, lease_token, lease_seconds_left; null where it is not held.
void add_lease(const std::optional<core::LeaseRow>& lease, nlohmann::ordered_json& json);

}  // namespace relay::cli
