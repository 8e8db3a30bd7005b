#include "relay/observe/metrics.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <atomic>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using relay::core::Status;
using relay::observe::Metrics;

namespace {

constexpr relay::Micros now = 1'767'323'045'000'000;
constexpr relay::Micros second = 1'000'000;

/// The value of one series, named as Prometheus writes it without the prefix; nothing when it is absent.
std::optional<double> value(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("outbox_relay_" + series + " ")) return std::stod(line.substr(line.rfind(' ') + 1));
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("published rows are counted for each topic") {
  Metrics metrics("1.2.3");
  metrics.published("orders", 10);
  metrics.published("payments", 3);
  metrics.published("orders", 5);
  const auto text = metrics.text({}, now);
  CHECK(value(text, R"(published_total{topic="orders"})") == 15);
  CHECK(value(text, R"(published_total{topic="payments"})") == 3);
}

TEST_CASE("topics beyond the limit are counted together") {
  Metrics metrics("1.2.3");
  for (std::size_t i = 0; i < Metrics::topic_limit + 50; ++i) metrics.published("topic-" + std::to_string(i), 2);
  metrics.published("topic-0", 1);
  const auto text = metrics.text({}, now);
  CHECK(value(text, R"(published_total{topic="topic-0"})") == 3);
  CHECK(value(text, R"(published_total{topic="other"})") == 100);
  CHECK_FALSE(value(text, R"(published_total{topic="topic-)" + std::to_string(Metrics::topic_limit) + "\"}"));
}

TEST_CASE("a row from creation to acknowledgement falls into its bucket, the bound included") {
  Metrics metrics("1.2.3");
  metrics.end_to_end(std::array{0.001953125, 0.25, 0.375, 100'000.0, -3.0});
  const auto text = metrics.text({}, now);
  CHECK(value(text, R"(end_to_end_seconds_bucket{le="0.005"})") == 2);
  CHECK(value(text, R"(end_to_end_seconds_bucket{le="0.25"})") == 3);
  CHECK(value(text, R"(end_to_end_seconds_bucket{le="0.5"})") == 4);
  CHECK(value(text, R"(end_to_end_seconds_bucket{le="43200"})") == 4);
  CHECK(value(text, R"(end_to_end_seconds_bucket{le="+Inf"})") == 5);
  CHECK(value(text, "end_to_end_seconds_count") == 5);
  CHECK(value(text, "end_to_end_seconds_sum") == 100'000.626953125);
}

TEST_CASE("claims and settlements are timed, settled rows and failed rows counted") {
  Metrics metrics("1.2.3");
  metrics.claimed(3, 250ms);
  metrics.claimed(4, 500ms);
  metrics.settled(7, 2s);
  metrics.publish_error("row", 1);
  metrics.publish_error("outage", 20);
  metrics.publish_error("outage", 1);
  const auto text = metrics.text({}, now);
  CHECK(value(text, "claimed_total") == 7);
  CHECK(value(text, "claim_seconds_count") == 2);
  CHECK(value(text, "claim_seconds_sum") == 0.75);
  CHECK(value(text, R"(claim_seconds_bucket{le="0.25"})") == 1);
  CHECK(value(text, "settled_total") == 7);
  CHECK(value(text, "settle_seconds_sum") == 2);
  CHECK(value(text, R"(publish_errors_total{class="row"})") == 1);
  CHECK(value(text, R"(publish_errors_total{class="outage"})") == 21);
}

TEST_CASE("what is not known yet is absent, not zero") {
  const auto text = Metrics("1.2.3").text({}, now);
  CHECK_FALSE(value(text, "pending"));
  CHECK_FALSE(value(text, "oldest_age_seconds"));
  CHECK_FALSE(value(text, "last_success_timestamp_seconds"));
  CHECK(value(text, "settled_total") == 0);
  CHECK(value(text, "db_connected") == 0);
}

TEST_CASE("ages grow from one scrape to the next although nothing was counted in between") {
  const Metrics metrics("1.2.3");
  Status status;
  status.pending = 4;
  status.oldest_created_at = now - 30 * second;
  status.oldest_gap_opened_at = now - 2 * second;
  CHECK(value(metrics.text(status, now), "oldest_age_seconds") == 30);
  CHECK(value(metrics.text(status, now + 5 * second), "oldest_age_seconds") == 35);
  CHECK(value(metrics.text(status, now + 5 * second), "oldest_open_gap_age_seconds") == 7);
}

TEST_CASE("an empty outbox is zero rows old, and a clock that runs ahead gives no negative age") {
  const Metrics metrics("1.2.3");
  Status status;
  status.pending = 0;
  CHECK(value(metrics.text(status, now), "pending") == 0);
  CHECK(value(metrics.text(status, now), "oldest_age_seconds") == 0);
  status.pending = 1;
  status.oldest_created_at = now + 9 * second;
  CHECK(value(metrics.text(status, now), "oldest_age_seconds") == 0);
}

TEST_CASE("everything that a status counts can be scraped") {
  Status status;
  status.pending = 11;
  status.last_success_at = now;
  status.open_gaps = 2;
  status.late_arrivals = 3;
  status.drawn_ahead = 2;
  status.duplicates_possible = 4;
  status.blocked_keys = 5;
  status.blocked_topics = 6;
  status.in_flight_rows = 7;
  status.in_flight_bytes = 8;
  status.db_connected = true;
  status.db_connects = 9;
  status.leader = true;
  const auto text = Metrics("1.2.3").text(status, now);
  CHECK(value(text, "pending") == 11);
  CHECK(value(text, "last_success_timestamp_seconds") == 1'767'323'045);
  CHECK(value(text, "open_gaps") == 2);
  CHECK(value(text, "late_arrivals_total") == 3);
  CHECK(value(text, "ids_drawn_ahead_total") == 2);
  CHECK(value(text, "duplicates_possible_total") == 4);
  CHECK(value(text, "blocked_keys") == 5);
  CHECK(value(text, "blocked_topics") == 6);
  CHECK(value(text, "in_flight_rows") == 7);
  CHECK(value(text, "in_flight_bytes") == 8);
  CHECK(value(text, "db_connected") == 1);
  CHECK(value(text, "db_connects_total") == 9);
  CHECK(value(text, "leader") == 1);
  CHECK(value(text, R"(build_info{version="1.2.3"})") == 1);
}

TEST_CASE("several threads count without losing a row") {
  Metrics metrics("1.2.3");
  std::atomic<std::size_t> scraped{0};
  {
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&metrics, &scraped, t] {
        const std::vector<double> batch(10, 0.1);
        for (int i = 0; i < 1000; ++i) {
          metrics.published(i % 2 == 0 ? "shared" : "own-" + std::to_string(t), 1);
          metrics.end_to_end(batch);
          if (i % 100 == 0) scraped += metrics.text({}, now).size();
        }
      });
    }
  }
  const auto text = metrics.text({}, now);
  CHECK(value(text, R"(published_total{topic="shared"})") == 2000);
  CHECK(value(text, R"(published_total{topic="own-3"})") == 500);
  CHECK(value(text, "end_to_end_seconds_count") == 40'000);
  CHECK(scraped > 0);
}

TEST_CASE("librdkafka's queue is always told, the way to a broker once it is known") {
  const Metrics metrics("1.2.3");
  Status status;
  CHECK(value(metrics.text(status, now), "kafka_queued") == 0);
  CHECK_FALSE(value(metrics.text(status, now), R"(kafka_rtt_seconds{broker="k:9092"})"));
  status.kafka_traffic = {17, {{"k:9092", 0.25}}};
  CHECK(value(metrics.text(status, now), "kafka_queued") == 17);
  CHECK(value(metrics.text(status, now), R"(kafka_rtt_seconds{broker="k:9092"})") == 0.25);
}
