#pragma once

#include "db_adapters/port/error.hpp"

#include <string_view>

namespace relay::core {

/// What to do about an error that the database's own words leave open; begins with `; `, or is empty.
[[nodiscard]] inline std::string_view cure_of(const db::DbError& error) {
  if (error.failure() == db::Failure::privilege) return "; the grants that it takes are in sql/, a grants.sql for each database";
  if (error.failure() == db::Failure::credentials) return "; source.user and source.password (or -file, -command) say who connects";
  return "";
}

}  // namespace relay::core
