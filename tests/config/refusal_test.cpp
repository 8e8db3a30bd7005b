#include "tests/config/loading.hpp"

using namespace relay::config;

TEST_CASE("an unknown option is named with the nearest one, wherever it stands") {
  const auto line = refusal({"--source.ulr=x"});
  CHECK(line.exit_code == 64);
  CHECK(line.text == "unknown option source.ulr (command line); did you mean source.url?");

  const auto variable = refusal({}, {{"OUTBOX_RELAY_SOURCE_ULR", "x"}});
  CHECK(variable.exit_code == 78);
  CHECK(has(variable.text, "(environment OUTBOX_RELAY_SOURCE_ULR); did you mean OUTBOX_RELAY_SOURCE_URL?"));

  const TemporaryFile file("[source]\nulr = x\n");
  const auto in_file = refusal({"--config=" + file.path()});
  CHECK(in_file.exit_code == 78);
  CHECK(in_file.text == "unknown option source.ulr (file " + file.path() + "); did you mean source.url?");
}

TEST_CASE("to nothing no option is near") {
  const auto variable = refusal({}, {{"OUTBOX_RELAY_", "x"}});
  CHECK(variable.exit_code == 78);
  CHECK(variable.text == "an option without a name (environment OUTBOX_RELAY_); `outbox-relay help run` lists them");
}

TEST_CASE("a value that is not allowed is refused with where it was set and what is allowed") {
  const auto line = refusal({"--outbox.dispose=drop"});
  CHECK(line.exit_code == 64);
  CHECK(line.text == "outbox.dispose (command line): \"drop\" is not allowed; allowed: delete, mark");
  const auto variable = refusal({}, {{"OUTBOX_RELAY_POLL_INTERVAL", "5 parsecs"}});
  CHECK(variable.exit_code == 78);
  CHECK(has(variable.text, "poll.interval (environment OUTBOX_RELAY_POLL_INTERVAL): \"5 parsecs\" is not allowed"));
}

TEST_CASE("an option without its value, a word that is no option and a repeated option are refused") {
  CHECK(has(refusal({"--poll.interval"}).text, "--poll.interval needs a value"));
  CHECK(has(refusal({"--poll.interval=1s", "stray"}).text, "after --poll.interval"));
  CHECK(has(refusal({"--max-rows=5", "--max-rows=6"}).text, "max-rows (command line) is set twice"));
  const TemporaryFile file("source.url=sqlite:a\n[source]\nurl=sqlite:b\n");
  const auto twice = refusal({"--config=" + file.path()});
  CHECK(twice.exit_code == 78);
  CHECK(has(twice.text, "source.url (file " + file.path() + ") is set twice"));
}

TEST_CASE("options that contradict each other are both named, with where each was set") {
  const auto both =
      refusal({"--source.url=postgresql://h/d", "--source.password-file=/f"}, {{"OUTBOX_RELAY_SOURCE_PASSWORD", "p"}});
  CHECK(both.exit_code == 64);
  CHECK(has(both.text,
            "source.password (environment OUTBOX_RELAY_SOURCE_PASSWORD) and source.password-file (command line) contradict"));
  CHECK(has(refusal({"--source.url=postgresql://u:p@h/d", "--source.password=q"}).text,
            "source.url (command line) and source.password"));
  CHECK(has(refusal({"--source.url=postgresql://u@h/d", "--source.user=v"}).text, "different users"));
  CHECK(has(refusal({"--source.url=postgresql://h/d", "--source.tls=require", "--source.tls-ca=/f"}).text,
            "verify-ca or verify-full"));
  CHECK(has(refusal({"--source.url=sqlite:/f", "--source.password=p"}).text, "source.url (command line) and source.password"));
  CHECK(has(refusal({"--source.url=soci:odbc:DSN=x", "--source.tls=require"}).text, "connect string"));
  CHECK(has(refusal({"--poll.min-interval=2s"}).text,
            "poll.min-interval (command line) = 2s is longer than poll.interval (default) = 1s"));
  CHECK(has(refusal({"--message.format=connect", "--message.value-converter=string"}).text,
            "message.value-converter (command line): message.format=connect is JSON"));
  const auto kafka = refusal({}, {{"OUTBOX_RELAY_KAFKA_SASL_PASSWORD", "p"}, {"OUTBOX_RELAY_KAFKA_SASL_PASSWORD_FILE", "/f"}});
  CHECK(kafka.exit_code == 78);
  CHECK(has(kafka.text, "kafka.sasl.password-file (environment OUTBOX_RELAY_KAFKA_SASL_PASSWORD_FILE) contradict"));
}

TEST_CASE("a dead-letter topic that Kafka cannot have is refused") {
  const auto line = refusal({"--outbox.on-bad-row=topic", "--outbox.dead-topic=bad topic"});
  CHECK(line.exit_code == 64);
  CHECK(has(line.text, "outbox.dead-topic (command line): \"bad topic\" is no topic name"));
  CHECK(refusal({"--outbox.on-bad-row=topic"}, {{"OUTBOX_RELAY_OUTBOX_DEAD_TOPIC", "{column}.dead"}}).exit_code == 78);
  CHECK(refusal({"--outbox.on-bad-row=topic", "--outbox.dead-topic={topic}/dead"}).exit_code == 64);
  for (const auto* good : {"{topic}.dead", "{topic}", "dead"})
    CHECK(load_lenient({"--outbox.on-bad-row=topic", std::string("--outbox.dead-topic=") + good}).outbox.dead_topic == good);
}

TEST_CASE("a topic template that cannot be read is refused with where it was set") {
  for (const auto* broken : {"{aggregate_type", "a}", "{}"}) {
    const auto line = refusal({std::string("--message.topic=") + broken});
    INFO(line.text);
    CHECK(line.exit_code == 64);
    CHECK(has(line.text, std::string("message.topic=") + broken));
    CHECK(has(line.text, "(command line)"));
  }
  CHECK(refusal({}, {{"OUTBOX_RELAY_MESSAGE_TOPIC", "{aggregate_type"}}).exit_code == 78);
}

TEST_CASE("a missing required option is named with every way to give it") {
  const auto url = refusal({}, {}, Need::required_options);
  CHECK(url.exit_code == 78);
  CHECK(has(url.text, "--source.url=URL"));
  CHECK(has(url.text, "OUTBOX_RELAY_SOURCE_URL"));
  CHECK(has(refusal({"--source.url=sqlite:/f"}, {}, Need::required_options).text, "kafka.bootstrap.servers is not set"));
}

TEST_CASE("strict order is refused together with scans from the head") {
  const auto refused = refusal({"--outbox.order=strict", "--outbox.scan=head"});
  CHECK(refused.exit_code == 64);
  CHECK(has(refused.text, "outbox.order"));
  CHECK(has(refused.text, "outbox.scan"));
}

TEST_CASE("a property that librdkafka or a promise refuses is named with where it was set") {
  const Environment base{{"OUTBOX_RELAY_SOURCE_URL", "sqlite:/f"}, {"OUTBOX_RELAY_KAFKA_BOOTSTRAP_SERVERS", "b:9092"}};
  const auto weak = refusal({"--kafka.acks=1"}, base, Need::required_options);
  CHECK(weak.exit_code == 64);
  CHECK(has(weak.text, "kafka.acks=1"));
  CHECK(has(weak.text, "(command line)"));
  auto unknown = base;
  unknown.emplace_back("OUTBOX_RELAY_KAFKA_LINGER_MSS", "5");
  const auto unknown_refused = refusal({}, unknown, Need::required_options);
  CHECK(unknown_refused.exit_code == 78);
  CHECK(has(unknown_refused.text, "kafka.linger.mss"));
  CHECK(has(unknown_refused.text, "OUTBOX_RELAY_KAFKA_LINGER_MSS"));
}

TEST_CASE("what librdkafka refuses only when a client is made is refused with the property and where it was set") {
  const Environment base{{"OUTBOX_RELAY_SOURCE_URL", "sqlite:/f"}, {"OUTBOX_RELAY_KAFKA_BOOTSTRAP_SERVERS", "b:9092"}};
  const auto refused = [&](const std::string& protocol, const std::string& option) {
    return refusal({"--kafka.security.protocol=" + protocol, option}, base, Need::required_options);
  };
  const auto mechanism = refused("sasl_plaintext", "--kafka.sasl.mechanism=NOPE");
  CHECK(mechanism.exit_code == 64);
  CHECK(has(mechanism.text, "kafka.sasl.mechanism=NOPE: "));
  CHECK(has(mechanism.text, "(command line)"));
  const auto authority = refused("ssl", "--kafka.ssl.ca.location=/nope");
  CHECK(authority.exit_code == 64);
  CHECK(has(authority.text, "kafka.ssl.ca.location=/nope: "));
  CHECK(has(authority.text, "is the file there"));
  const auto key = refused("ssl", "--kafka.ssl.key.pem=hunter2");
  CHECK(key.exit_code == 64);
  CHECK(has(key.text, "kafka.ssl.key.pem=***: "));
  CHECK_FALSE(has(key.text, "hunter2"));
  CHECK(has(refused("sasl_plaintext", "--kafka.sasl.username=u").text, "sasl.kerberos"));

  auto variables = base;
  variables.emplace_back("OUTBOX_RELAY_KAFKA_SECURITY_PROTOCOL", "ssl");
  variables.emplace_back("OUTBOX_RELAY_KAFKA_SSL_CA_LOCATION", "/nope");
  const auto variable = refusal({}, variables, Need::required_options);
  CHECK(variable.exit_code == 78);
  CHECK(has(variable.text, "(environment OUTBOX_RELAY_KAFKA_SSL_CA_LOCATION)"));
}

TEST_CASE("an option that belongs to other commands alone is refused on the command line") {
  const std::vector<std::string> arguments{"--max-rows=5"};
  const std::vector<Group> run{Group::file, Group::source};
  CHECK_THROWS_AS(load(arguments, {}, run), ConfigError);
}

TEST_CASE("a file that cannot be read is an error of whoever named it") {
  const auto line = refusal({"--config=/nonexistent/relay.ini"});
  CHECK(line.exit_code == 64);
  CHECK(has(line.text, "cannot read /nonexistent/relay.ini: No such file"));
  CHECK(refusal({}, {{"OUTBOX_RELAY_CONFIG", "/nonexistent/relay.ini"}}).exit_code == 78);
  CHECK(has(refusal({"--config=/"}).text, "cannot read /"));
}

TEST_CASE("a broken line of a file is named by its number") {
  const TemporaryFile file("[source]\n# comment\nurl = sqlite:/f\n  just words  \n");
  const auto broken = refusal({"--config=" + file.path()});
  CHECK(broken.exit_code == 78);
  CHECK(has(broken.text, "line 4 of file " + file.path()));
}

TEST_CASE("no error shows a secret") {
  const TemporaryFile broken("[source]\nurl = postgresql://h/d\nhunter2\n");
  const TemporaryFile unknown("[source]\npasswd = hunter2\n");
  const std::vector<Refusal> refusals{
      refusal({"--source.password=", "hunter2"}),
      refusal({"--source.pasword=hunter2"}),
      refusal({"--source.pasword", "hunter2"}),
      refusal({"--source.password=hunter2", "--source.password=hunter2"}),
      refusal({"--source.url=postgresql://u:hunter2@h"}),
      refusal({"--source.url=postgresql://u:hunter2@h:port/d"}),
      refusal({"--source.url=postgres//u:hunter2@h/d"}),
      refusal({"--source.url=postgresql://u:hunter2@h/d", "--source.password-command=echo hunter2"}),
      refusal({}, {{"OUTBOX_RELAY_PASSWORD", "hunter2"}}),
      refusal({"--config=" + broken.path()}),
      refusal({"--config=" + unknown.path()}),
      refusal({"--kafka.sasl.pasword=hunter2", "--source.url=sqlite:/f", "--kafka.bootstrap.servers=b"}, {},
              Need::required_options),
  };
  for (const auto& refused : refusals) {
    INFO(refused.text);
    CHECK_FALSE(has(refused.text, "hunter2"));
    CHECK_FALSE(has(refused.text, "\n"));
  }
}
