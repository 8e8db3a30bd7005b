#pragma once

#include <string>
#include <string_view>

#include <soci/connection-parameters.h>
#include <soci/session.h>

namespace db::soci_adapter {

/// Loads the backend of that name.
/// @throws DbError  `missing_object`, naming the package to install
[[nodiscard]] soci::connection_parameters load_backend(std::string_view name, const std::string& connect_string);

}  // namespace db::soci_adapter
