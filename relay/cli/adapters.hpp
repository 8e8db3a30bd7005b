#pragma once

#include "db_adapters/port/session.hpp"

#include <memory>
#include <string_view>

namespace relay::cli {

/// The driver for a scheme that db::parse_url gives: the registry, one line a database.
[[nodiscard]] std::shared_ptr<const db::Driver> driver_for(std::string_view scheme);

}  // namespace relay::cli
