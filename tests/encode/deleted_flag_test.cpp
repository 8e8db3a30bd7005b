#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;
using namespace std::string_view_literals;

namespace {

bool deleted(ColumnKind kind, Cell cell, std::string type = "") {
  MessageShape shape;
  shape.key = "id";
  shape.topic = "t";
  shape.headers = {};
  shape.deleted_column = "gone";
  const Layout layout{{{"id", ColumnKind::integer}, {"gone", kind, std::move(type)}, {"payload", ColumnKind::text}}};
  const auto encoder = make_encoder(shape, {}, layout);
  const std::vector<Cell> cells{Cell{"1"}, cell, Cell{"alive"}};
  return std::get<Message>(encoder->encode({1, cells})).value.is_null();
}

}  // namespace

TEST_CASE("a deleted-column that is NULL, false or zero leaves the row alive") {
  CHECK_FALSE(deleted(ColumnKind::integer, Cell{}));
  CHECK_FALSE(deleted(ColumnKind::boolean, Cell{"false"}));
  for (const auto* zero : {"0", "00", "0.00", "-0", "0.0", "0e5", "0E-20", "0000000000"}) {
    INFO(zero);
    CHECK_FALSE(deleted(ColumnKind::integer, Cell{zero}));
    CHECK_FALSE(deleted(ColumnKind::decimal, Cell{zero}));
    CHECK_FALSE(deleted(ColumnKind::real, Cell{zero}));
  }
  CHECK_FALSE(deleted(ColumnKind::bytes, Cell{"\0"sv}, "bit(1)"));
  CHECK_FALSE(deleted(ColumnKind::bytes, Cell{"\0\0"sv}, "bit(16)"));
  CHECK_FALSE(deleted(ColumnKind::other, Cell{"0"}, "bit(1)"));
  CHECK_FALSE(deleted(ColumnKind::other, Cell{"000"}, "bit(3)"));
  CHECK_FALSE(deleted(ColumnKind::bytes, Cell{"\0"sv}, "binary(1)"));
  CHECK_FALSE(deleted(ColumnKind::timestamp, Cell{"0000-00-00 00:00:00.000000"}, "datetime(6)"));
  CHECK_FALSE(deleted(ColumnKind::date, Cell{"0000-00-00"}, "date"));
}

TEST_CASE("a deleted-column of text leaves the row alive where it says no") {
  for (const auto* no : {"", "  ", "0", "n", "N", "N  ", "f", "F", "no", "No", "NO", "false", "FALSE"}) {
    INFO(no);
    CHECK_FALSE(deleted(ColumnKind::text, Cell{no}));
    CHECK_FALSE(deleted(ColumnKind::other, Cell{no}, "enum('Y','N')"));
  }
}

TEST_CASE("a deleted-column that says anything else deletes the row") {
  CHECK(deleted(ColumnKind::boolean, Cell{"true"}));
  CHECK(deleted(ColumnKind::integer, Cell{"1"}));
  CHECK(deleted(ColumnKind::integer, Cell{"-10"}));
  CHECK(deleted(ColumnKind::decimal, Cell{"0.01"}));
  CHECK(deleted(ColumnKind::real, Cell{"1e-05"}));
  CHECK(deleted(ColumnKind::real, Cell{"NaN"}));
  CHECK(deleted(ColumnKind::bytes, Cell{"\1"sv}, "bit(1)"));
  CHECK(deleted(ColumnKind::bytes, Cell{"\1\0"sv}, "bit(16)"));
  for (const auto* octet : {" ", "0", "N", "F"}) CHECK(deleted(ColumnKind::bytes, Cell{octet}, "bit(8)"));
  CHECK(deleted(ColumnKind::other, Cell{"010"}, "bit(3)"));
  CHECK(deleted(ColumnKind::timestamp, Cell{"2026-01-02 03:04:05"}));
  CHECK(deleted(ColumnKind::date, Cell{"1970-01-01"}));
  for (const auto* yes :
       {"Y", "t", "yes", "x", "today", "2026-01-02", "north", "00:00:00", "00000000-0000-0000-0000-000000000001"}) {
    INFO(yes);
    CHECK(deleted(ColumnKind::text, Cell{yes}));
  }
}
