#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

#include <array>
#include <limits>

using namespace contract;
using db::Bytes, db::Null, db::Parameter;

namespace {

constexpr std::array hostile_names = {"order", "Mixed Case", "quo\"te", "back`tick", "semi;colon--", "dot.ted", "sta'rs*"};

}  // namespace

TEST_CASE("every type comes as the text that the port promises, and says its kind") {
  FOR_EVERY_DATABASE(!it.values.empty());
  Sandbox sandbox(database);
  for (const auto& value : database.values) {
    CAPTURE(value.sql);
    const auto rows = run(sandbox.session(), "SELECT " + value.sql + " AS v" + database.from_nothing);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0][0].bytes() == value.text);
    CHECK_FALSE(rows[0][0].is_null());
    CHECK(rows.columns()[0].kind == value.kind);
    CHECK(rows.columns()[0].name == (database.names_in_capitals ? "V" : "v"));
  }
}

TEST_CASE("NULL is not the empty string, neither as a parameter nor as a cell") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer, t " + database.text_type + ", o " + database.octets_type);
  const std::array<Parameter, 3> empty{std::int64_t{1}, std::string_view(""), Bytes{""}};
  const std::array<Parameter, 3> nulls{std::int64_t{2}, Null{}, Null{}};
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?, ?, ?)", empty);
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?, ?, ?)", nulls);
  const auto rows = run(sandbox.session(), "SELECT t, o FROM " + table + " ORDER BY n");
  REQUIRE(rows.size() == 2);
  for (const auto& cell : rows[0]) CHECK((!cell.is_null() && cell.bytes().empty()));
  for (const auto& cell : rows[1]) CHECK(cell.is_null());
}

TEST_CASE("text and octets come back as they went in, NUL octets, quotes and 4-byte UTF-8 included") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("t " + database.text_type + ", o " + database.octets_type);
  const std::string text = "it's \"quoted\" \\ back\\n? :name $1 %s \xF0\x9F\x98\x80 \xC3\xA4\n\t\r end";
  std::string octets;
  for (int i = 0; i < 256; ++i) octets += static_cast<char>(i);
  const std::array<Parameter, 2> parameters{std::string_view(text), Bytes{octets}};
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?, ?)", parameters);
  const auto rows = run(sandbox.session(), "SELECT t, o FROM " + table);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0].bytes() == text);
  CHECK(rows[0][1].bytes() == octets);
  CHECK(rows.columns()[1].kind == relay::ColumnKind::bytes);
}

TEST_CASE("64-bit extremes keep every digit") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n bigint");
  for (const auto number : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::numeric_limits<std::int64_t>::max()}) {
    const std::array<Parameter, 1> parameter{number};
    run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?)", parameter);
    CHECK(run(sandbox.session(), database, "SELECT n FROM " + table + " WHERE n = ?", parameter)[0][0].bytes() ==
          std::to_string(number));
  }
}

TEST_CASE("a timestamp keeps its microseconds") {
  FOR_EVERY_DATABASE(it.name != "firebird");  // Firebird 3 has a tenth of a millisecond
  Sandbox sandbox(database);
  const auto table = sandbox.table("at " + database.time_type);
  const std::array<Parameter, 1> time{std::string_view("2026-01-02 03:04:05.678901")};
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?)", time);
  const auto rows = run(sandbox.session(), "SELECT at FROM " + table);
  CHECK(rows[0][0].bytes().substr(0, 26) == "2026-01-02 03:04:05.678901");
  CHECK(rows.columns()[0].kind == relay::ColumnKind::timestamp);
}

TEST_CASE("numbers that the server fills up with zeros come as numbers are written") {
  FOR_EVERY_DATABASE(it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  const auto table = sandbox.table(
      "n int, i int(5) ZEROFILL, d decimal(6,2) ZEROFILL, r double ZEROFILL, y year, t varchar(9), p timestamp(6) NULL");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1, 42, 1.5, 0.5, 2026, '00042', '2026-01-02 03:04:05')");
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (2, 0, 0, 0, 0, '000', NULL)");
  const auto rows = run(sandbox.session(), "SELECT i, d, r, y, t, p FROM " + table + " ORDER BY n");
  const std::array<std::array<std::string_view, 6>, 2> expected{
      {{"42", "1.50", "0.5", "2026", "00042", "2026-01-02 03:04:05.000000"}, {"0", "0.00", "0", "0", "000", ""}}};
  for (std::size_t row = 0; row < expected.size(); ++row) {
    for (std::size_t i = 0; i < expected.at(row).size(); ++i) CHECK(rows[row][i].bytes() == expected.at(row).at(i));
  }
}

TEST_CASE("what a role sets for its sessions changes no value") {
  FOR_EVERY_DATABASE(it.name == "postgres");
  Sandbox sandbox(database);
  auto& session = sandbox.session();
  const auto role = sandbox.table("n integer", "role");  // its name serves as the role's
  run(session, "CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
  for (const auto* setting : {"extra_float_digits = 0", "IntervalStyle = 'iso_8601'", "DateStyle = 'German'",
                              "TimeZone = 'Asia/Tokyo'", "bytea_output = 'escape'"})
    run(session, "ALTER ROLE " + role + " SET " + setting);
  auto target = sandbox.target();
  target.user = role;
  target.password = "secret";
  {
    const auto own = sandbox.connect(target);
    CHECK(value(*own, "SELECT 0.1::float8 + 0.2::float8") == "0.30000000000000004");
    CHECK(value(*own, "SELECT 16777217::float8 / 3") == "5592405.666666667");
    CHECK(value(*own, "SELECT interval '1 year 2 days 03:04:05'") == "1 year 2 days 03:04:05");
    CHECK(value(*own, "SELECT timestamptz '2026-01-02 03:04:05+00'") == "2026-01-02 03:04:05+00");
    CHECK(value(*own, "SELECT '\\x00ff'::bytea") == std::string_view("\0\xff", 2));
  }
  run(session, "DROP ROLE " + role);
}

TEST_CASE("cells of 10 MB come whole") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("t " + database.text_type + ", o " + database.octets_type);
  std::string text;
  text.assign(10'000'000, 'x');
  std::string octets(7'500'000, '\0');  // written as a literal of twice the size, which servers limit to 16 MB
  octets.back() = '\xff';
  const std::array<Parameter, 2> parameters{std::string_view(text), Null{}};
  const std::array<Parameter, 1> second{Bytes{octets}};
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?, ?)", parameters);
  run(sandbox.session(), database, "UPDATE " + table + " SET o = ?", second);
  const auto rows = run(sandbox.session(), "SELECT t, o FROM " + table);
  CHECK((rows[0][0].bytes() == text));
  CHECK((rows[0][1].bytes() == octets));
}

TEST_CASE("any name can be quoted") {
  FOR_EVERY_DATABASE(it.name != "odbc");
  Sandbox sandbox(database);
  std::string columns;
  for (const char* name : hostile_names)
    columns += (columns.empty() ? "" : ", ") + sandbox.dialect().identifier_part(name) + " integer";
  const auto table = sandbox.table(columns);
  run(sandbox.session(), "INSERT INTO " + table + " VALUES (1, 2, 3, 4, 5, 6, 7)");
  int expected = 0;
  for (const char* name : hostile_names) {
    const auto rows = run(sandbox.session(), "SELECT " + sandbox.dialect().identifier_part(name) + " FROM " + table);
    CHECK(rows.columns()[0].name == name);
    CHECK(rows[0][0].bytes() == std::to_string(++expected));
  }
}

TEST_CASE("a result outlives its session") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("t " + database.text_type + ", o " + database.octets_type);
  const std::array<Parameter, 2> parameters{std::string_view("text"), Bytes{"octets"}};
  run(sandbox.session(), database, "INSERT INTO " + table + " VALUES (?, ?)", parameters);
  auto session = sandbox.connect();
  const auto rows = run(*session, "SELECT t, o FROM " + table);
  run(*session, "SELECT o, t FROM " + table);
  session.reset();
  CHECK(rows[0][0].bytes() == "text");
  CHECK(rows[0][1].bytes() == "octets");
}

TEST_CASE("a statement says how many rows it changed") {
  FOR_EVERY_DATABASE(true);
  Sandbox sandbox(database);
  const auto table = sandbox.table("n integer");
  for (int i = 0; i < 3; ++i)
    CHECK(run(sandbox.session(), "INSERT INTO " + table + " VALUES (" + std::to_string(i) + ")").affected() == 1);
  CHECK(run(sandbox.session(), "UPDATE " + table + " SET n = 7 WHERE n > 0").affected() == 2);
  CHECK(run(sandbox.session(), "SELECT n FROM " + table).affected() == 0);
  CHECK(run(sandbox.session(), "SELECT n FROM " + table + " WHERE n = 99").columns().size() == 1);
  CHECK(run(sandbox.session(), "DELETE FROM " + table).affected() == 3);
}
