#include "relay/cli/ddl.hpp"

#include "tests/support/catch.hpp"

using relay::cli::ddl_for;
using relay::cli::statements_of;

namespace {

constexpr std::string_view ddl =
    "-- The outbox; outbox_unsent: an index.\n"
    "CREATE TABLE IF NOT EXISTS outbox (\n"
    "  id BIGINT, my_outbox TEXT\n"
    ");\n"
    "\n"
    "CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (id);\n";

const db::Dialect dialect{.name = "postgres",
                          .quote = '"',
                          .list_form = db::ListForm::postgres_array,
                          .queries = nullptr,
                          .outbox_delete_ddl = {},
                          .outbox_mark_ddl = {},
                          .dead_ddl = {}};

}  // namespace

TEST_CASE("for the usual name the DDL is the file that users copy") {
  CHECK(ddl_for(dialect, ddl, "outbox") == ddl);
}

TEST_CASE("another name is quoted, and the index is named after it") {
  const auto text = ddl_for(dialect, ddl, "shop.ord\"ers");
  CHECK(text ==
        "-- The outbox; outbox_unsent: an index.\n"
        "CREATE TABLE IF NOT EXISTS \"shop\".\"ord\"\"ers\" (\n"
        "  id BIGINT, my_outbox TEXT\n"
        ");\n"
        "\n"
        "CREATE INDEX IF NOT EXISTS \"ord\"\"ers_unsent\" ON \"shop\".\"ord\"\"ers\" (id);\n");
}

TEST_CASE("the dead-letter table lies beside the outbox, in its schema") {
  CHECK(ddl_for(dialect, "CREATE TABLE outbox_dead (id BIGINT);\n", "shop.orders") ==
        "CREATE TABLE \"shop\".\"orders_dead\" (id BIGINT);\n");
}

TEST_CASE("DDL is run statement by statement, without its comments") {
  const auto statements = statements_of(ddl);
  REQUIRE(statements.size() == 2);
  CHECK(statements[0] == "CREATE TABLE IF NOT EXISTS outbox (\n  id BIGINT, my_outbox TEXT\n)");
  CHECK(statements[1] == "CREATE INDEX IF NOT EXISTS outbox_unsent ON outbox (id)");
}
