#include "tests/bench/floor.hpp"

#include "db_adapters/port/url.hpp"

#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>

#include <librdkafka/rdkafka.h>

namespace bench {

namespace {

constexpr int page_rows = 5000;
constexpr std::size_t pages_at_once = 8;

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// A page on its way: its bytes are Kafka's until the last acknowledgement.
struct Sending {
  explicit Sending(Page sent) : page(std::move(sent)), open(page.rows.size()) {}

  Page page;
  std::atomic<std::size_t> open;
};

/// Deletes acknowledged pages on a connection of its own; also bounds how many pages are on their way.
class Deleter {
 public:
  /// @param table  none: the rows stay
  explicit Deleter(std::unique_ptr<Table> table)
      : table_(std::move(table)), thread_([this](const std::stop_token& stop) { work(stop); }) {}

  void admit() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ < pages_at_once; });
    ++under_way_;
  }

  void acknowledged(std::unique_ptr<Sending> page) {
    const std::lock_guard lock(mutex_);
    done_.push_back(std::move(page));
    changed_.notify_all();
  }

  void finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ == 0; });
  }

 private:
  void work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [&] { return !done_.empty(); })) {
      const auto page = std::move(done_.front());
      done_.pop_front();
      lock.unlock();
      const auto& rows = page->page.rows;
      if (table_) table_->delete_range(number(rows.front().id), number(rows.back().id), rows.size());
      lock.lock();
      --under_way_;
      changed_.notify_all();
    }
  }

  std::unique_ptr<Table> table_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::unique_ptr<Sending>> done_;
  std::size_t under_way_ = 0;
  std::jthread thread_;
};

void on_delivery(rd_kafka_t* /*kafka*/, const rd_kafka_message_t* message, void* opaque) {
  if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    std::fprintf(stderr, "floor: %s\n", rd_kafka_err2str(message->err));
    std::_Exit(1);
  }
  auto* sending = static_cast<Sending*>(message->_private);
  if (--sending->open == 0) static_cast<Deleter*>(opaque)->acknowledged(std::unique_ptr<Sending>(sending));
}

using Kafka = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;

Kafka make_producer(const std::string& brokers, Deleter& deleter) {
  char error[512];
  auto* configuration = rd_kafka_conf_new();
  const std::pair<const char*, const char*> settings[] = {
      {"bootstrap.servers", brokers.c_str()}, {"enable.idempotence", "true"},
      {"compression.codec", "lz4"},           {"linger.ms", "5"},
      {"partitioner", "murmur2_random"},      {"queue.buffering.max.messages", "200000"}};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(configuration, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) throw std::runtime_error(error);
  }
  rd_kafka_conf_set_dr_msg_cb(configuration, on_delivery);
  rd_kafka_conf_set_opaque(configuration, &deleter);
  auto* kafka = rd_kafka_new(RD_KAFKA_PRODUCER, configuration, error, sizeof error);
  if (kafka == nullptr) throw std::runtime_error(error);
  return {kafka, &rd_kafka_destroy};
}

void produce(rd_kafka_t* kafka, const char* topic, const Row& row, Sending& sending) {
  rd_kafka_headers_t* headers = rd_kafka_headers_new(2);
  rd_kafka_header_add(headers, "id", 2, row.id.data(), static_cast<ssize_t>(row.id.size()));
  rd_kafka_header_add(headers, "event_type", 10, row.event.data(), static_cast<ssize_t>(row.event.size()));
  std::array<rd_kafka_vu_t, 6> what{};
  what[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  what[0].u.cstr = topic;
  what[1].vtype = RD_KAFKA_VTYPE_KEY;
  what[1].u.mem = {const_cast<char*>(row.key.data()), row.key.size()};
  what[2].vtype = RD_KAFKA_VTYPE_VALUE;
  what[2].u.mem = {const_cast<char*>(row.payload.data()), row.payload.size()};
  what[3].vtype = RD_KAFKA_VTYPE_HEADERS;
  what[3].u.headers = headers;
  what[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  what[4].u.i = RD_KAFKA_MSG_F_BLOCK;
  what[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  what[5].u.ptr = &sending;
  rd_kafka_error_t* error = rd_kafka_produceva(kafka, what.data(), what.size());
  if (error != nullptr) throw std::runtime_error(rd_kafka_error_string(error));
}

}  // namespace

int run_floor(int argc, char** argv, const OpenTable& open) {
  const std::string_view how = argc == 5 ? argv[4] : "";
  const bool by_time = how == "keep-by-time";
  const bool keep = how == "keep" || by_time;
  if (argc != 4 && !keep) {
    std::fprintf(stderr, "usage: %s URL BROKERS TOPIC [keep|keep-by-time]\n", argv[0]);
    return 64;
  }
  const auto target = db::parse_url(argv[1]).target;
  Deleter deleter(keep ? nullptr : open(target, Order::id));
  const auto kafka = make_producer(argv[2], deleter);
  std::jthread acknowledgements([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(kafka.get(), 10);
  });
  const auto table = open(target, by_time ? Order::time_and_id : Order::id);
  for (Page last;;) {
    auto page = table->read(last.rows.empty() ? nullptr : &last.rows.front(), page_rows);
    if (page.rows.empty()) break;
    last = {.rows = {page.rows.back()}, .owner = page.owner};
    deleter.admit();
    auto* sending = std::make_unique<Sending>(std::move(page)).release();  // librdkafka's, until on_delivery takes it back
    for (const auto& row : sending->page.rows) produce(kafka.get(), argv[3], row, *sending);
  }
  rd_kafka_flush(kafka.get(), 60000);
  deleter.finish();
  return 0;
}

}  // namespace bench
