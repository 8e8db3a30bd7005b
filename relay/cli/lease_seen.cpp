#include "relay/cli/lease_seen.hpp"

#include <iomanip>

namespace relay::cli {
namespace {

double seconds_left(const core::LeaseRow& lease) {
  return static_cast<double>(lease.left.count()) / 1e3;
}

}  // namespace

void print_lease(const std::optional<core::LeaseRow>& lease, std::ostream& out) {
  if (is_held(lease)) {
    out << "lease     held by " << lease->holder << ", token " << lease->token << ", " << std::fixed << std::setprecision(1)
        << seconds_left(*lease) << " s left\n";
  } else if (lease) {
    out << "lease     held by nobody, token " << lease->token << '\n';
  }
}

void add_lease(const std::optional<core::LeaseRow>& lease, nlohmann::ordered_json& json) {
  json["lease_holder"] = nullptr;
  json["lease_token"] = nullptr;
  json["lease_seconds_left"] = nullptr;
  if (lease) json["lease_token"] = lease->token;
  if (!is_held(lease)) return;
  json["lease_holder"] = lease->holder;
  json["lease_seconds_left"] = seconds_left(*lease);
}

}  // namespace relay::cli
