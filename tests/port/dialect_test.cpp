#include "db_adapters/port/dialect.hpp"

#include "db_adapters/port/error.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <limits>
#include <stdexcept>

TEST_CASE("identifiers are quoted, and nothing in a name ends the quotes") {
  const db::Dialect dialect;
  CHECK(dialect.identifier("shop.out\"box") == R"("shop"."out""box")");
  CHECK(dialect.identifier_part("out.box") == R"("out.box")");
  CHECK(dialect.identifier_part("\"; DROP TABLE x; --") == R"("""; DROP TABLE x; --")");
}

TEST_CASE("lists are written as the database reads them") {
  const std::array<std::int64_t, 3> numbers{1, -2, std::numeric_limits<std::int64_t>::max()};
  db::Dialect dialect;
  dialect.list_form = db::ListForm::postgres_array;
  CHECK(dialect.list(numbers) == "{1,-2,9223372036854775807}");
  CHECK(dialect.list({}) == "{}");
  dialect.list_form = db::ListForm::json_array;
  CHECK(dialect.list(numbers) == "[1,-2,9223372036854775807]");
  CHECK(dialect.list({}) == "[]");
}

TEST_CASE("a query's words are filled in, each time they occur") {
  const auto statement = db::render("q", R"(SELECT :"a" FROM :"t" WHERE :"a" = ':a')", {{"a", "\"x\""}, {"t", "\"y\""}});
  CHECK(statement.name == "q");
  CHECK(statement.sql == R"(SELECT "x" FROM "y" WHERE "x" = ':a')");
}

TEST_CASE("a word that nobody fills in is a mistake of the program") {
  CHECK_THROWS_AS(db::render("q", R"(SELECT :"b")", {{"a", "x"}}), std::logic_error);
  CHECK_THROWS_AS(db::render("q", R"(SELECT :"b)", {{"b", "x"}}), std::logic_error);
}

TEST_CASE("what waiting can cure needs no operator") {
  using db::DbError, db::Failure;
  for (const auto failure : {Failure::unreachable, Failure::connection_lost, Failure::read_only, Failure::deadlock,
                             Failure::lock_timeout, Failure::statement_timeout, Failure::too_large}) {
    CHECK(DbError(failure, "", "x").transient());
    CHECK_FALSE(DbError(failure, "", "x").needs_operator());
  }
  for (const auto failure : {Failure::credentials, Failure::trust, Failure::privilege, Failure::missing_object,
                             Failure::duplicate_key, Failure::bad_value, Failure::bad_statement}) {
    CHECK(DbError(failure, "", "x").needs_operator());
  }
  CHECK_FALSE(DbError(Failure::other, "", "x").needs_operator());  // what nobody knows names no setting
  CHECK_FALSE(DbError(Failure::other, "", "x").transient());
}
