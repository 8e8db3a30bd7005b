#pragma once

#include <cstdint>
#include <string>

namespace relay {

/// A place in a polled table's order, between two rows. Texts as the database prints them: no digit of a time is lost.
struct TablePoint {
  enum class Kind : std::uint8_t {
    beginning,  ///< before every row
    time,       ///< before every row with this time or a later one
    row,        ///< behind this row
  } kind = Kind::beginning;
  std::string time{};  ///< empty where the table is ordered by its ids alone
  std::string id{};    ///< of Kind::row; an id of bytes in hexadecimal

  friend bool operator==(const TablePoint&, const TablePoint&) = default;
};

}  // namespace relay
