#pragma once

#include "db_adapters/port/error.hpp"

#include <string_view>

namespace relay::core {

/// What to do about an error that the database's own words leave open; begins with `; `, or is empty.
[[nodiscard]] inline std::string_view cure_of(const db::DbError& error) {
  using db::Failure;
  switch (error.failure()) {
    case Failure::privilege:
      return "; the grants that it takes are in sql/, a grants.sql for each database";
    case Failure::credentials:
      if (std::string_view(error.what()).starts_with("source.password-")) return "";  // it names the option itself
      return "; source.user and source.password (or -file, -command) say who connects";
    case Failure::trust:
      return "; source.tls (soci: the connect string) says whether the server has to prove who it is, source.tls-ca by whose "
             "certificates";
    default:
      return "";
  }
}

}  // namespace relay::core
