#include "relay/observe/metrics.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace relay::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

const std::vector<double>& statement_bounds() {
  static const std::vector<double> bounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return bounds;
}

/// From a wake-up by notification to a night's outage.
const std::vector<double>& end_to_end_bounds() {
  static const std::vector<double> bounds{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200};
  return bounds;
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

double age(Micros then, Micros now) {
  return static_cast<double>(std::max<Micros>(now - then, 0)) / 1e6;
}

/// The families that are read from a status; each with one value and no label.
class Snapshot {
 public:
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    add(name, help, MetricType::Counter).counter.value = static_cast<double>(value);
  }
  void gauge(std::string_view name, std::string_view help, double value) { add(name, help, MetricType::Gauge).gauge.value = value; }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) { gauge(name, help, static_cast<double>(value)); }

  void gauges(std::string_view name, std::string_view help, const std::string& label, const auto& values) {
    auto& family =
        families_.emplace_back(MetricFamily{"outbox_relay_" + std::string(name), std::string(help), MetricType::Gauge, {}});
    for (const auto& [word, value] : values) {
      ClientMetric metric;
      metric.label.push_back({label, word});
      metric.gauge.value = static_cast<double>(value);
      family.metric.push_back(std::move(metric));
    }
  }

  [[nodiscard]] std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  ClientMetric& add(std::string_view name, std::string_view help, MetricType type) {
    return families_.emplace_back(MetricFamily{"outbox_relay_" + std::string(name), std::string(help), type, {ClientMetric{}}})
        .metric.front();
  }

  std::vector<MetricFamily> families_;
};

void add_backlog(Snapshot& to, const core::Status& status, Micros now) {
  if (status.pending) {
    to.gauge("pending", "Unsent rows when last counted", *status.pending);
    to.gauge("oldest_age_seconds", "Age of the oldest row that was unsent when last counted; 0: none",
             status.oldest_created_at ? age(*status.oldest_created_at, now) : 0.0);
  }
  if (status.last_success_at) {
    to.gauge("last_success_timestamp_seconds", "When rows were last settled, or a claim found none left (Unix time)",
             static_cast<double>(*status.last_success_at) / 1e6);
  }
}

void add_gaps(Snapshot& to, const core::Status& status, Micros now) {
  to.gauge("open_gaps", "Intervals of ids that were passed and may still appear", status.open_gaps);
  to.gauge("oldest_open_gap_age_seconds", "Age of the oldest open gap; 0: none",
           status.oldest_gap_opened_at ? age(*status.oldest_gap_opened_at, now) : 0.0);
  to.counter("ids_drawn_ahead_total", "Rows that appeared where a gap in the ids had been proven dead", status.drawn_ahead);
  to.counter("late_arrivals_total", "Rows that appeared after a higher id had been read", status.late_arrivals);
}

/// Polled tables: what their look-back windows cost.
void add_tables(Snapshot& to, const core::Status& status) {
  if (status.tables.empty()) return;
  std::map<std::string, std::uint64_t, std::less<>> rows;
  std::map<std::string, std::uint64_t, std::less<>> bytes;
  std::map<std::string, std::uint64_t, std::less<>> full;
  std::map<std::string, std::uint64_t, std::less<>> held;
  for (const auto& table : status.tables) {
    rows[table.name] = table.window_rows;
    bytes[table.name] = table.window_bytes;
    full[table.name] = table.window_full ? 1 : 0;
    held[table.name] = table.held_rows;
  }
  to.gauges("window_rows", "Rows of the look-back window that are remembered, so that they are not sent again", "table", rows);
  to.gauges("window_bytes", "Memory that this takes", "table", bytes);
  to.gauges("window_full", "1: rows of the window are sent again, because there is no room to remember them", "table", full);
  to.gauges("held_rows", "Rows that cannot be sent; the cursor stays below the first one", "table", held);
}

std::vector<MetricFamily> families_of(const core::Status& status, Micros now) {
  Snapshot snapshot;
  add_backlog(snapshot, status, now);
  add_gaps(snapshot, status, now);
  add_tables(snapshot, status);
  snapshot.counter("duplicates_possible_total", "Rows sent again without knowing whether Kafka had them",
                   status.duplicates_possible);
  snapshot.gauge("blocked_keys", "Keys that wait because their lowest row cannot be sent; not for the end of an outage",
                 status.blocked_keys);
  snapshot.gauge("blocked_topics", "Topics that wait because nothing can be sent there; not for the end of an outage",
                 status.blocked_topics);
  if (!status.dead_letters.empty()) {
    snapshot.gauges("dead_letters", "Rows in the dead-letter table when last counted", "state", status.dead_letters);
  }
  snapshot.gauge("in_flight_rows", "Rows claimed and not settled", status.in_flight_rows);
  snapshot.gauge("in_flight_bytes", "Bytes of rows claimed and not settled", status.in_flight_bytes);
  snapshot.gauge("kafka_queued", "Messages that wait in librdkafka, and some events beside them",
                 static_cast<std::uint64_t>(status.kafka_traffic.queued));
  if (!status.kafka_traffic.rtt_seconds.empty()) {
    snapshot.gauges("kafka_rtt_seconds", "Mean round trip to a broker, of the last ten seconds", "broker",
                    status.kafka_traffic.rtt_seconds);
  }
  snapshot.gauge("leader", "1: this relay claims and produces; 0: it stands by for the lease", status.leader ? 1.0 : 0.0);
  snapshot.gauge("db_connected", "1: connected to the database", status.db_connected ? 1.0 : 0.0);
  snapshot.counter("db_connects_total", "Connections made to the database", status.db_connects);
  return snapshot.take();
}

}  // namespace

class Metrics::Registry {
 public:
  explicit Registry(std::string_view version) {
    prometheus::BuildGauge()
        .Name("outbox_relay_build_info")
        .Help("Always 1; the version is the label")
        .Register(registry_)
        .Add({{"version", std::string(version)}})
        .Set(1);
  }

  void published(std::string_view topic, std::size_t rows) { of_topic(topic).Increment(static_cast<double>(rows)); }

  void settled(std::size_t rows) { settled_.Increment(static_cast<double>(rows)); }

  void failed(std::string_view error_class, std::size_t rows) {
    errors_.Add({{"class", std::string(error_class)}}).Increment(static_cast<double>(rows));
  }

  void bad(std::string_view policy, std::size_t rows) {
    bad_.Add({{"policy", std::string(policy)}}).Increment(static_cast<double>(rows));
  }

  /// One lock for the batch, not one for each row.
  void end_to_end(std::span<const double> batch) {
    const auto& bounds = end_to_end_bounds();
    std::vector<double> rows_in_bucket(bounds.size() + 1);
    double sum = 0;
    for (const double measured : batch) {
      const double value = std::max(measured, 0.0);  // clocks of two machines may disagree
      const auto bucket = std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin();
      rows_in_bucket[static_cast<std::size_t>(bucket)] += 1;
      sum += value;
    }
    end_to_end_.ObserveMultiple(rows_in_bucket, sum);
  }

  void claimed(std::size_t rows, double s) {
    claimed_.Increment(static_cast<double>(rows));
    claim_.Observe(s);
  }
  void settle_took(double s) { settle_.Observe(s); }

  [[nodiscard]] std::vector<MetricFamily> collect() const { return registry_.Collect(); }

 private:
  prometheus::Counter& of_topic(std::string_view topic) {
    const std::scoped_lock lock(topics_mutex_);
    if (const auto known = topics_.find(topic); known != topics_.end()) return *known->second;
    if (topics_.size() >= topic_limit) return published_.Add({{"topic", "other"}});
    auto& counter = published_.Add({{"topic", std::string(topic)}});
    topics_.emplace(topic, &counter);
    return counter;
  }

  prometheus::Histogram& histogram(const char* name, const char* help, const std::vector<double>& bounds) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry_).Add({}, bounds);
  }

  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& published_ =
      prometheus::BuildCounter().Name("outbox_relay_published_total").Help("Rows that Kafka acknowledged").Register(registry_);
  prometheus::Family<prometheus::Counter>& errors_ = prometheus::BuildCounter()
                                                         .Name("outbox_relay_publish_errors_total")
                                                         .Help("Rows that Kafka did not take, by whose fault it was")
                                                         .Register(registry_);
  prometheus::Family<prometheus::Counter>& bad_ = prometheus::BuildCounter()
                                                      .Name("outbox_relay_bad_rows")
                                                      .Help("Rows that could not be sent by their own fault, by what was done")
                                                      .Register(registry_);
  prometheus::Counter& claimed_ = prometheus::BuildCounter()
                                      .Name("outbox_relay_claimed_total")
                                      .Help("Rows that claims brought, those that are read again included")
                                      .Register(registry_)
                                      .Add({});
  prometheus::Counter& settled_ = prometheus::BuildCounter()
                                      .Name("outbox_relay_settled_total")
                                      .Help("Rows deleted or marked after their acknowledgement")
                                      .Register(registry_)
                                      .Add({});
  prometheus::Histogram& claim_ = histogram("outbox_relay_claim_seconds", "How long a claim took", statement_bounds());
  prometheus::Histogram& settle_ = histogram("outbox_relay_settle_seconds", "How long a settlement took", statement_bounds());
  prometheus::Histogram& end_to_end_ =
      histogram("outbox_relay_end_to_end_seconds", "From a row's created_at to Kafka's acknowledgement", end_to_end_bounds());

  std::mutex topics_mutex_;
  std::map<std::string, prometheus::Counter*, std::less<>> topics_;
};

Metrics::Metrics(std::string_view version) : registry_(std::make_unique<Registry>(version)) {}
Metrics::~Metrics() = default;

void Metrics::claimed(std::size_t rows, std::chrono::nanoseconds took) {
  registry_->claimed(rows, seconds(took));
}

void Metrics::settled(std::size_t rows, std::chrono::nanoseconds took) {
  registry_->settled(rows);
  registry_->settle_took(seconds(took));
}

void Metrics::published(std::string_view topic, std::size_t rows) {
  registry_->published(topic, rows);
}
void Metrics::end_to_end(std::span<const double> seconds) {
  registry_->end_to_end(seconds);
}
void Metrics::publish_error(std::string_view error_class, std::size_t rows) {
  registry_->failed(error_class, rows);
}
void Metrics::bad_rows(std::string_view policy, std::size_t rows) {
  registry_->bad(policy, rows);
}

std::string Metrics::text(const core::Status& status, Micros now) const {
  std::ostringstream out;
  const prometheus::TextSerializer serializer;
  serializer.Serialize(out, registry_->collect());
  serializer.Serialize(out, families_of(status, now));
  return std::move(out).str();
}

}  // namespace relay::observe
