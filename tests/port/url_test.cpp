#include "db_adapters/port/url.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>

using db::is_local, db::parse_url, db::redact_url;

namespace {

std::string refusal_of(std::string_view url) {
  try {
    (void)parse_url(url);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a URL says the driver, the server and the database") {
  const auto url = parse_url("postgresql://relay:secret@db.example.com:6432/shop");
  CHECK(url.scheme == "postgresql");
  CHECK(url.target.host == "db.example.com");
  CHECK(url.target.port == 6432);
  CHECK(url.target.database == "shop");
  CHECK(url.target.user == "relay");
  CHECK(url.target.password == "secret");
}

TEST_CASE("user, password and port may be left out") {
  const auto url = parse_url("mysql://db/shop");
  CHECK(url.scheme == "mysql");
  CHECK(url.target.host == "db");
  CHECK(url.target.port == 0);
  CHECK(url.target.user.empty());
  CHECK(parse_url("mysql://relay@db/shop").target.user == "relay");
  CHECK(parse_url("mysql://relay@db/shop").target.password.empty());
}

TEST_CASE("postgres and mariadb mean postgresql and mysql") {
  CHECK(parse_url("postgres://db/shop").scheme == "postgresql");
  CHECK(parse_url("mariadb://db/shop").scheme == "mysql");
}

TEST_CASE("percent-encoding is decoded in every part") {
  const auto target = parse_url("postgresql://re%6Cay:p%40ss%2Fw%3Ard%25@db/my%20shop").target;
  CHECK(target.user == "relay");
  CHECK(target.password == "p@ss/w:rd%");
  CHECK(target.database == "my shop");
  CHECK(parse_url("postgresql://a:b@c@db/shop").target.password == "b@c");
}

TEST_CASE("an IPv6 address stands in brackets") {
  CHECK(parse_url("postgresql://[::1]:5433/shop").target.host == "::1");
  CHECK(parse_url("postgresql://[::1]:5433/shop").target.port == 5433);
  CHECK(parse_url("postgresql://u@[fe80::1]/shop").target.host == "fe80::1");
}

TEST_CASE("a socket is named by ?host=") {
  const auto target = parse_url("postgresql:///shop?host=/var/run/postgresql").target;
  CHECK(target.host == "/var/run/postgresql");
  CHECK(target.database == "shop");
  CHECK(parse_url("postgresql:///shop?host=%2Ftmp").target.host == "/tmp");
}

TEST_CASE("SQLite takes a file, SOCI a back end and its own connect string") {
  CHECK(parse_url("sqlite:/var/lib/shop.db").target.database == "/var/lib/shop.db");
  CHECK(parse_url("sqlite:///var/lib/shop.db").target.database == "/var/lib/shop.db");
  CHECK(parse_url("sqlite:shop.db").target.database == "shop.db");
  CHECK(parse_url("soci:odbc:DSN=shop;UID=relay").scheme == "soci");
  CHECK(parse_url("soci:odbc:DSN=shop;UID=relay").target.database == "odbc:DSN=shop;UID=relay");
}

TEST_CASE("what is wrong is said in one line with what is allowed") {
  for (const auto* url :
       {"", "oracle://db/shop", "postgresql:shop", "postgresql://db", "postgresql://db/", "mysql://db:x/shop", "mysql://db:0/shop",
        "mysql://db:65536/shop", "mysql://db:/shop", "postgresql://[::1/shop", "postgresql://[::1]x/shop",
        "postgresql://db/shop?sslmode=disable", "postgresql://u%4/shop", "postgresql://u%zz@db/shop", "postgresql://u:p%00@db/shop",
        "sqlite:", "soci:odbc", "soci:odbc:", "soci::x"}) {
    CAPTURE(url);
    const auto refusal = refusal_of(url);
    CHECK(refusal != "accepted");
    CHECK(refusal.size() > 20);
    CHECK(refusal.find('\n') == std::string::npos);
  }
  CHECK(refusal_of("oracle://db/shop").find("postgresql://") != std::string::npos);
}

TEST_CASE("a password that was not encoded is in no error") {
  for (const auto* url : {"postgresql://u:hunter/2@db/shop", "postgresql://u:hunter%2@db/shop", "mysql://u:hunter?2@db/shop",
                          "mysql://u:hunter#2@db", "postgresql://u:hunter2@db:port/shop", "oracle://u:hunter2@db/shop",
                          "postgresql://db/shop?password=hunter2", "soci:hunter2"}) {
    CAPTURE(url);
    CHECK(refusal_of(url).find("hunter") == std::string::npos);
  }
}

TEST_CASE("a URL is logged without its password") {
  CHECK(redact_url("postgresql://relay:secret@db:5432/shop") == "postgresql://relay:***@db:5432/shop");
  CHECK(redact_url("postgresql://relay@db:5432/shop") == "postgresql://relay@db:5432/shop");
  CHECK(redact_url("postgresql://db:5432/shop") == "postgresql://db:5432/shop");
  CHECK(redact_url("sqlite:/var/lib/shop.db") == "sqlite:/var/lib/shop.db");
  for (const auto* url :
       {"postgresql://u:se/cret@db/shop", "postgresql://u:se@cret@db/shop", "postgresql://u:se?cret@db/shop",
        "postgresql://db/shop?password=secret&x=1", "soci:odbc:DSN=x;PWD=secret;UID=y", "soci:odbc:Pwd={se;cret};UID=y",
        "soci:firebird:user=x password=secret", "soci:firebird:user=x password='se cret'"}) {
    CAPTURE(url);
    const auto redacted = redact_url(url);
    CHECK(redacted.find("cret") == std::string::npos);
    CHECK(redacted.find("***") != std::string::npos);
  }
  CHECK(redact_url("soci:odbc:DSN=x;PWD=secret;UID=y") == "soci:odbc:DSN=x;PWD=***;UID=y");
}

TEST_CASE("a connect string is logged without its password, whatever quotes and blanks stand around it") {
  CHECK(redact_url("soci:odbc:DSN=x;Password={TOP}}SECRET};UID=y") == "soci:odbc:DSN=x;Password=***;UID=y");
  CHECK(redact_url("soci:odbc:Password={TOP;}}}};SECRET}}};UID=y") == "soci:odbc:Password=***;UID=y");
  CHECK(redact_url("soci:odbc:Password={TOP}SECRET;UID=y") == "soci:odbc:Password=***;UID=y");
  CHECK(redact_url("soci:odbc:Password={TOP}}SECRET") == "soci:odbc:Password=***");
  CHECK(redact_url("soci:odbc:DSN=x;PWD = TOPSECRET;UID=y") == "soci:odbc:DSN=x;PWD = ***;UID=y");
  CHECK(redact_url("soci:odbc:pWd\t=\t{TOP SECRET};UID=y") == "soci:odbc:pWd\t=\t***;UID=y");
  CHECK(redact_url("soci:odbc:PWD=TOP SECRET&MORE;UID=y") == "soci:odbc:PWD=***;UID=y");
  CHECK(redact_url("soci:odbc:DSN=x;PWD=") == "soci:odbc:DSN=x;PWD=***");
  CHECK(redact_url("soci:odbc:PWD=a;Pwd={b}}c}") == "soci:odbc:PWD=***;Pwd=***");
  CHECK(redact_url("soci:firebird:service=x password = 'TOP '' SECRET' user=y") == "soci:firebird:service=x password = *** user=y");
  CHECK(redact_url("soci:firebird:password=TOP;SECRET&MORE user=y") == "soci:firebird:password=*** user=y");
}

TEST_CASE("only a loopback name or address, or a socket, is local") {
  const auto local = [](std::string_view host) {
    db::Target target;
    target.host = host;
    return is_local(target);
  };
  for (const auto* host : {"", "localhost", "127.0.0.1", "127.8.0.1", "::1", "/run/postgresql"}) CHECK(local(host));
  for (const auto* host : {"db", "10.0.0.1", "localhost.example.com", "127.example.com", "fe80::1", "0.0.0.0"})
    CHECK_FALSE(local(host));
}
