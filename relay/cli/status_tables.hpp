#pragma once

#include "relay/config/settings.hpp"

#include <ostream>

namespace relay::cli {

/// `status` of source.mode = table: of each table its cursor and its newest row, and who has the lease.
int status_of_tables(const config::Settings& settings, std::ostream& out);

}  // namespace relay::cli
