#pragma once

#include "tests/contract/database.hpp"
#include "tests/support/catch.hpp"

/// The test case runs once for each database that is given and meets the condition; `database` is it. Skipped where there is none.
#define FOR_EVERY_DATABASE(condition)                                                                          \
  const auto tried = contract::given([]([[maybe_unused]] const contract::Database& it) { return condition; }); \
  if (tried.empty()) SKIP("no server is given");                                                               \
  const contract::Database& database = *GENERATE_COPY(from_range(tried));                                      \
  INFO("database: " << database.name)
