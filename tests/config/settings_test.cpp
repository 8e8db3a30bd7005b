#include "tests/config/loading.hpp"

using namespace relay::config;

TEST_CASE("without options the settings are the documented defaults") {
  const auto settings = load_lenient({});
  CHECK(settings.outbox.table == "outbox");
  CHECK(settings.outbox.dispose == Dispose::delete_row);
  CHECK(settings.outbox.scan == ScanChoice::automatic);
  CHECK(settings.outbox.position == "id");
  CHECK(settings.outbox.columns.created_at == "created_at");
  CHECK(settings.message.topic == "{aggregate_type}");
  CHECK(settings.message.key == "aggregate_id");
  CHECK(settings.message.headers == std::vector<std::string>{"id", "event_type"});
  CHECK(settings.message.timestamp_from_created_at);
  CHECK(settings.poll.interval == std::chrono::seconds(1));
  CHECK(settings.poll.batch_rows == 5000);
  CHECK(settings.poll.batch_bytes == 16 << 20);
  CHECK(settings.poll.wake_channel == "outbox");
  CHECK(settings.sweep_interval == std::chrono::minutes(1));
  CHECK(settings.shutdown_flush == std::chrono::seconds(8));
  CHECK(settings.http_listen->port == 9464);
  CHECK(settings.log_level == LogLevel::info);
}

TEST_CASE("each word of a choice becomes its own value") {
  CHECK(load_lenient({"--outbox.dispose=mark"}).outbox.dispose == Dispose::mark);
  CHECK(load_lenient({"--outbox.scan=gaps"}).outbox.scan == ScanChoice::gaps);
  CHECK(load_lenient({"--outbox.scan=head"}).outbox.scan == ScanChoice::head);
  CHECK(load_lenient({"--message.format=row"}).message.format == relay::encode::Format::row);
  CHECK_FALSE(load_lenient({"--message.timestamp=now"}).message.timestamp_from_created_at);
  CHECK(load_lenient({"--log.format=json"}).log_format == LogFormat::json);
  CHECK(load_lenient({"--log.level=warning"}).log_level == LogLevel::warning);
  const auto tls = [](const std::string& word) {
    return load_lenient({"--source.url=postgresql://h/d", "--source.tls=" + word}).source.target.tls;
  };
  CHECK(tls("disable") == db::TlsMode::disable);
  CHECK(tls("require") == db::TlsMode::require);
  CHECK(tls("verify-ca") == db::TlsMode::verify_ca);
  CHECK(tls("verify-full") == db::TlsMode::verify_full);
}

TEST_CASE("the server is verified unless the traffic stays on this machine") {
  const auto tls = [](const std::string& url) { return load_lenient({"--source.url=" + url}).source.target.tls; };
  CHECK(tls("postgresql://db.example/d") == db::TlsMode::verify_full);
  CHECK(tls("mysql://10.0.0.5/d") == db::TlsMode::verify_full);
  CHECK(tls("postgresql://127.0.0.1/d") == db::TlsMode::disable);
  CHECK(tls("mysql://localhost/d") == db::TlsMode::disable);
  CHECK(load_lenient({"--source.url=mysql://127.0.0.1/d", "--source.tls-ca=/ca.pem"}).source.target.tls ==
        db::TlsMode::verify_full);
}

TEST_CASE("the position is the id unless another column is named") {
  CHECK(load_lenient({"--outbox.columns.id=event_id"}).outbox.position == "event_id");
  CHECK(load_lenient({"--outbox.columns.id=event_id", "--outbox.columns.position=seq"}).outbox.position == "seq");
}

TEST_CASE("a shorter longest wait shortens the shortest one, unless that was set") {
  CHECK(load_lenient({"--poll.interval=1ms"}).poll.min_interval == std::chrono::milliseconds(1));
}

TEST_CASE("the user may stand in the URL or apart, and the target never holds the password at rest") {
  const auto in_url = load_lenient({"--source.url=postgresql://app:p%40ss@db/shop"}).source;
  CHECK(in_url.target.user == "app");
  CHECK(in_url.target.password.empty());
  CHECK(in_url.target_now().password == "p@ss");
  CHECK(in_url.shown_url == "postgresql://app:***@db/shop");
  const auto apart = load_lenient({"--source.url=postgresql://db:5433/shop", "--source.user=app", "--source.password=p"}).source;
  CHECK(apart.target.user == "app");
  CHECK(apart.target.port == 5433);
  CHECK(apart.target_now().password == "p");
}
