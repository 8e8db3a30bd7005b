#include "relay/cli/java_properties.hpp"
#include "tests/cli/running.hpp"

using namespace relay::cli;

namespace {

const std::string router_lines =
    "transforms=outbox\n"
    "transforms.outbox.type=io.debezium.transforms.outbox.EventRouter\n";

Ran options_of(const std::string& content) {
  const Folder folder;
  return run_words({"print-config", "--from-debezium=" + folder.write("connector.properties", content)});
}

/// What --from-debezium prints for the file, after the relay has accepted it.
std::string accepted_options_of(const std::string& content) {
  const Folder folder;
  const auto printed = options_of(content);
  INFO(content << "\n" << printed.out << printed.err);
  REQUIRE(printed.code == ok);
  const auto again = run_words({"print-config", "--config=" + folder.write("relay.ini", printed.out)});
  INFO(again.err);
  REQUIRE(again.code == ok);
  return printed.out;
}

std::string line_with(const std::string& text, std::string_view part) {
  const auto at = text.find(part);
  if (at == std::string::npos) return "no line with " + std::string(part);
  const auto begin = text.rfind('\n', at) + 1;
  return text.substr(begin, text.find('\n', at) - begin);
}

std::string postgres(const std::string& more) {
  return "connector.class=io.debezium.connector.postgresql.PostgresConnector\ndatabase.hostname=db.example\n"
         "database.dbname=shop\ntable.include.list=public.outbox\ntopic.prefix=p\n" +
         router_lines + more;
}

}  // namespace

TEST_CASE("a connector's properties may be escaped, continued and separated as Java allows") {
  const auto options = accepted_options_of(
      "connector.class: io.debezium.connector.postgresql.PostgresConnector\n"
      "database.hostname  db.example\n"
      "database.dbname : shop\n"
      "transforms.outbox.type = io.debezium.transforms.outbox.EventRouter \n"
      "transforms.outbox.route.topic.regex=(.*)\\\\.(\\\\w+)\n"
      "transforms.outbox.route.topic.replacement=$1\\\n"
      "    -$2\n");
  CHECK(line_with(options, "source.url") == "source.url = postgresql://db.example/shop");
  CHECK(line_with(options, "message.topic-pattern") == "message.topic-pattern = (.*)\\.(\\w+)");
  CHECK(line_with(options, "message.topic-replacement") == "message.topic-replacement = $1-$2");
}

TEST_CASE("a pattern with backslashes comes back from the connector's properties as it went in") {
  const Folder folder;
  const auto properties =
      run_words({"print-config", "--as=debezium", "--source.url=postgresql://app@db.example/shop", "--outbox.preset=debezium",
                 "--message.topic-pattern=(.*)\\.(\\w+)", "--message.topic-replacement=$1"});
  INFO(properties.out << properties.err);
  REQUIRE(properties.code == ok);
  CHECK(read_java_properties(properties.out).at("transforms.outbox.route.topic.regex") == "(.*)\\.(\\w+)");
  const auto options = accepted_options_of(properties.out);
  CHECK(line_with(options, "message.topic-pattern") == "message.topic-pattern = (.*)\\.(\\w+)");
}

TEST_CASE("no secret of a connector is printed, wherever it stands") {
  for (const auto* secret :
       {"sasl.jaas.config=x required username=\"a\" password=\"hunter2\";", "sasl.jaas.config=hunter2", "database.password=hunter2",
        "database.sslpassword=hunter2", "database.ssl.keystore.password=hunter2", "signal.consumer.ssl.key.pem=hunter2",
        "my.Secret=hunter2", "some.token=hunter2", "producer.override.sasl.jaas.config=hunter2",
        "custom.options=a=b;Password=hunter2", "custom.url=https://app:hunter2@registry.example/",
        "value.converter.schema.registry.basic.auth.user.info=app:hunter2",
        "transforms.outbox.table.json.payload.null.behavior=password=hunter2", "database.sslmode=password=hunter2",
        "transforms.outbox.route.topic.regex=password=hunter2("}) {
    INFO(secret);
    const auto options = accepted_options_of(postgres(std::string(secret) + "\n"));
    INFO(options);
    CHECK_FALSE(has(options, "hunter2"));
    const std::string line(secret);
    CHECK(has(options, "# no equivalent: " + line.substr(0, line.find('=')) + "="));
  }
  const auto back = run_words({"print-config", "--as=debezium", "--source.url=soci:odbc:DSN=shop;PWD=hunter2",
                               "--kafka.sasl.password=hunter2", "--kafka.oauth-command=echo hunter2"});
  INFO(back.out << back.err);
  CHECK(back.code == ok);
  CHECK_FALSE(has(back.out, "hunter2"));
}

TEST_CASE("MariaDB's connector gives a URL of the relay's, with the database that its tables name") {
  const std::string maria =
      "connector.class=io.debezium.connector.mariadb.MariaDbConnector\ndatabase.hostname=db.example\ndatabase.port=3307\n"
      "database.user=app\n" +
      router_lines;
  const auto options = accepted_options_of(maria + "table.include.list=shop.outbox\n");
  CHECK(line_with(options, "source.url") == "source.url = mysql://db.example:3307/shop");
  CHECK(line_with(options, "source.user") == "source.user = app");
  CHECK(has(accepted_options_of(maria + "database.include.list=shop\n"), "\nsource.url = mysql://db.example:3307/shop\n"));
  const auto escaped = accepted_options_of(maria + "table.include.list=shop\\\\.outbox\n");
  CHECK(has(escaped, "\nsource.url = mysql://db.example:3307/shop\n"));
  CHECK(has(escaped, "\noutbox.table = shop.outbox\n"));
  const auto pattern = accepted_options_of(maria + "table.include.list=shop.out.*,shop.more\n");
  CHECK(has(pattern, "\nsource.url = mysql://db.example:3307/shop\n"));
  CHECK(has(pattern, "\n# no equivalent: table.include.list="));
  CHECK(has(accepted_options_of(maria), "\n# source.url = mysql://db.example:3307/DATABASE: "));
  const auto back = run_words({"print-config", "--as=debezium", "--source.url=mariadb://app@db.example/shop"});
  CHECK(has(back.out, "connector.class=io.debezium.connector.mariadb.MariaDbConnector\n"));
  CHECK(has(back.out, "database.ssl.mode=verify-full\n"));
}

TEST_CASE("a connector of another database gives no URL, and is named") {
  const auto options = accepted_options_of(
      "connector.class=io.debezium.connector.sqlserver.SqlServerConnector\ndatabase.hostname=db.example\n" + router_lines);
  CHECK(has(options, "# no equivalent: connector.class=io.debezium.connector.sqlserver.SqlServerConnector: "));
  CHECK(has(options, "# no equivalent: database.hostname=db.example\n"));
  CHECK_FALSE(has(options, "\nsource.url"));
}

TEST_CASE("in Connect's JSON null means not set, and numbers and booleans are what they are") {
  const auto options = accepted_options_of(
      R"({"name":"c","config":{"connector.class":"io.debezium.connector.postgresql.PostgresConnector","database.hostname":"h",
          "database.port":5433,"database.dbname":"d","transforms.outbox.type":"io.debezium.transforms.outbox.EventRouter",
          "transforms.outbox.table.field.event.key":null,"transforms.outbox.table.expand.json.payload":true,"database.sslmode":null,
          "value.converter":"org.apache.kafka.connect.json.JsonConverter","value.converter.schemas.enable":false}})");
  CHECK(line_with(options, "source.url") == "source.url = postgresql://h:5433/d");
  CHECK(line_with(options, "message.value-converter") == "message.value-converter = json");
  CHECK(line_with(options, "message.expand-json") == "message.expand-json = true");
  CHECK_FALSE(has(options, "null"));
  CHECK_FALSE(has(options, "message.key ="));
  CHECK(options_of("{\"config\":").code == usage);
}

TEST_CASE("a connector's booleans and words are read in any case, as Java reads them") {
  const auto converter = [](const std::string& enabled) {
    return line_with(accepted_options_of(postgres("value.converter=org.apache.kafka.connect.json.JsonConverter\n"
                                                  "value.converter.schemas.enable=" +
                                                  enabled + "\n")),
                     "message.value-converter");
  };
  CHECK(converter("False") == "message.value-converter = json");
  CHECK(converter("no") == "message.value-converter = json");
  CHECK(converter("TRUE") == "message.value-converter = json-schema");
  const auto options =
      accepted_options_of(postgres("transforms.outbox.route.tombstone.on.empty.payload=True\n"
                                   "transforms.outbox.table.json.payload.null.behavior=OPTIONAL_BYTES\n"
                                   "transforms.outbox.table.fields.additional.error.on.missing=False\n"));
  CHECK(line_with(options, "message.tombstone-on-empty") == "message.tombstone-on-empty = true");
  CHECK(line_with(options, "message.json-nulls") == "message.json-nulls = optional_bytes");
  CHECK(line_with(options, "outbox.missing-columns") == "outbox.missing-columns = ignore");
}

TEST_CASE("a value that the relay would refuse is named, and never written as an option") {
  for (const std::string refused :
       {"transforms.outbox.table.json.payload.null.behavior=both", "transforms.outbox.table.field.additional.missing=warn",
        "transforms.outbox.table.fields.additional.placement=type:attic", "transforms.outbox.table.field.event.payload=",
        "transforms.outbox.route.topic.regex=(", "transforms.outbox.route.topic.replacement=a #b", "database.port=99999999",
        "connect.timeout.ms=1", "transforms.outbox.table.field.event.key=a\\nsource.user = b"}) {
    const auto name = refused.substr(0, refused.find('='));
    INFO(refused);
    const auto options = accepted_options_of(postgres(refused + "\n"));
    CHECK(has(options, "# no equivalent: " + (name == "database.port" ? std::string("database.hostname") : name) + "="));
  }
  const auto struct_as_text =
      accepted_options_of(postgres("transforms.outbox.table.expand.json.payload=true\n"
                                   "value.converter=org.apache.kafka.connect.storage.StringConverter\n"));
  CHECK(has(line_with(struct_as_text, "StringConverter"), "# no equivalent: value.converter="));
}

TEST_CASE("encryption has its counterparts in both directions") {
  const auto postgres_options = accepted_options_of(postgres("database.sslmode=verify-ca\ndatabase.sslrootcert=/etc/ssl/ca.pem\n"));
  CHECK(line_with(postgres_options, "source.tls =") == "source.tls = verify-ca");
  CHECK(line_with(postgres_options, "source.tls-ca") == "source.tls-ca = /etc/ssl/ca.pem");
  const std::string mysql =
      "connector.class=io.debezium.connector.mysql.MySqlConnector\ndatabase.hostname=h\ntable.include.list=shop.outbox\n";
  CHECK(has(accepted_options_of(mysql + "database.ssl.mode=VERIFY_IDENTITY\n"), "\nsource.tls = verify-full\n"));
  CHECK(has(accepted_options_of(mysql + "database.ssl.mode=disabled\n"), "\nsource.tls = disable\n"));
  CHECK(has(accepted_options_of(mysql + "database.ssl.mode=preferred\n"), "\n# no equivalent: database.ssl.mode=preferred: "));
  CHECK(has(accepted_options_of(mysql + "database.ssl.truststore=/ca.jks\n"), "source.tls-ca"));

  const auto back = [](const std::string& url) {
    return run_words({"print-config", "--as=debezium", "--source.url=" + url, "--source.tls=verify-ca", "--source.tls-ca=/ca.pem"})
        .out;
  };
  const auto to_postgres = back("postgresql://app@db.example/shop");
  CHECK(has(to_postgres, "\ndatabase.sslmode=verify-ca\n"));
  CHECK(has(to_postgres, "\ndatabase.sslrootcert=/ca.pem\n"));
  const auto to_mysql = back("mysql://app@db.example/shop");
  CHECK(has(to_mysql, "\ndatabase.ssl.mode=verify_ca\n"));
  CHECK(has(to_mysql, "# no equivalent: source.tls-ca = /ca.pem: "));
}

TEST_CASE("a property of the database that the relay has no option for is named") {
  const auto options = accepted_options_of(
      postgres("database.sslkey=/key.der\ndatabase.initial.statements=SET x\ndatabase.server.name=n\nslot.name=s\n"));
  CHECK(has(options, "# no equivalent: database.sslkey="));
  CHECK(has(options, "# no equivalent: database.initial.statements=SET x\n"));
  CHECK_FALSE(has(options, "slot.name"));
  CHECK_FALSE(has(options, "database.server.name"));
}

TEST_CASE("polled tables have no connector, and print-config says so instead of printing one") {
  const Folder folder;
  const auto line = run_words({"print-config", "--as=debezium", "--source.mode=table", "--table.name=orders"});
  CHECK(line.code == usage);
  CHECK(line.out.empty());
  CHECK(has(line.err, "source.mode (command line): polled tables have no Debezium equivalent"));
  const auto file = folder.write("relay.ini", "[source]\nmode = table\n[table]\nname = orders\n");
  CHECK(run_words({"print-config", "--as=debezium", "--config=" + file}).code == bad_config);
}

TEST_CASE("every option that somebody set and Debezium has not is named") {
  const auto ran =
      run_words({"print-config", "--as=debezium", "--source.url=postgresql://app@db.example/shop", "--outbox.preset=debezium",
                 "--outbox.on-bad-row=topic", "--outbox.dead-topic=dead", "--message.timestamp=now", "--publish.max-rate=10",
                 "--kafka.linger.ms=7", "--http.listen=", "--outbox.order=strict", "--message.schema-name=a\nb=c"});
  INFO(ran.out << ran.err);
  REQUIRE(ran.code == ok);
  for (const auto* named : {"outbox.on-bad-row = topic: ", "outbox.dead-topic = dead: ", "message.timestamp = now: ",
                            "publish.max-rate = 10: ", "kafka.linger.ms = 7: ", "outbox.order = strict: "}) {
    INFO(named);
    CHECK(has(ran.out, "# no equivalent: " + std::string(named)));
  }
  CHECK_FALSE(read_java_properties(ran.out).contains("b"));
  const auto plain = run_words({"print-config", "--as=debezium", "--source.url=postgresql://app@db.example/shop",
                                "--outbox.preset=debezium", "--outbox.on-bad-row=block"});
  CHECK_FALSE(has(plain.out, "# no equivalent"));
}
