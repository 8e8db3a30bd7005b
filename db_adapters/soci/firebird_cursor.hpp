#pragma once

#include "db_adapters/soci/cursor.hpp"
#include "db_adapters/soci/placeholders.hpp"

#include <ctime>
#include <ibase.h>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

namespace db::soci_adapter {

/// A statement of Firebird.
///
/// SOCI carries strings, integers and blobs. Times are read where SOCI had them put, since it drops their fractions. Where it has
/// no type at all, the one in the descriptor is changed before SOCI binds to it, and Firebird converts.
class FirebirdCursor final : public Cursor {
 public:
  FirebirdCursor(soci::session& session, std::string_view sql);
  FirebirdCursor(const FirebirdCursor&) = delete;
  FirebirdCursor& operator=(const FirebirdCursor&) = delete;
  ~FirebirdCursor() override;

  bool execute(std::span<const Parameter> parameters) override;
  bool next() override;
  [[nodiscard]] std::vector<relay::Column> columns() override { return columns_; }
  void read(Rows& rows) override;
  [[nodiscard]] std::uint64_t affected() override;

 private:
  /// What SOCI copies a value from or to.
  struct Exchange {
    soci::indicator indicator = soci::i_ok;
    long long number = 0;
    std::string text;
    soci::long_string blob;
    double real = 0;
    std::tm time{};
    short type = 0;  ///< SQL_TEXT ..; what to read
  };

  void use(XSQLVAR& variable, const Parameter& parameter, Exchange& exchange);
  void use_octets(XSQLVAR& variable, std::string_view octets, short character_set, Exchange& exchange);
  void define(XSQLVAR& variable, Exchange& exchange);
  [[nodiscard]] std::string text_of(std::size_t column) const;

  Positional text_;
  std::vector<Exchange> uses_;
  std::vector<Exchange> intos_;
  std::vector<relay::Column> columns_;
  const XSQLDA* output_ = nullptr;
  soci::statement statement_;  // last: it points to what stands above
};

}  // namespace db::soci_adapter
