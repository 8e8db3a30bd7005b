#pragma once

#include "db_adapters/port/session.hpp"

#include <span>
#include <string>
#include <vector>

#include <libpq-fe.h>

namespace db::postgres {

/// A statement's parameters in the form that PQsendQueryParams takes: text with untyped oid, octets as binary bytea.
class Parameters {
 public:
  /// @throws DbError  `bad_value`: PostgreSQL's text cannot hold a NUL octet
  explicit Parameters(std::span<const Parameter> parameters);

  [[nodiscard]] int count() const noexcept { return static_cast<int>(values_.size()); }
  [[nodiscard]] const Oid* types() const noexcept { return types_.data(); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }

 private:
  std::vector<std::string> texts_;  ///< copies that end in NUL, as libpq wants its text
  std::vector<Oid> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace db::postgres
