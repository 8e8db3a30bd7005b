#include "relay/kafka/producer.hpp"

#include "relay/domain/topic_name.hpp"
#include "relay/kafka/conf.hpp"
#include "relay/kafka/errors.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/statistics.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <iterator>
#include <stdexcept>
#include <sys/eventfd.h>
#include <unordered_map>
#include <utility>

namespace relay::kafka {

namespace {

using std::chrono::milliseconds;

/// Record batch format v2: the longest a message can become on the wire beyond its own bytes.
constexpr std::size_t record_overhead = 36;
constexpr std::size_t header_overhead = 10;

std::size_t wire_size(const Message& message) noexcept {
  std::size_t size = record_overhead + message.key.bytes().size() + message.value.bytes().size();
  for (const Header& header : message.headers) size += header_overhead + header.name.size() + header.value.bytes().size();
  return size;
}

std::size_t number_property(const rd_kafka_conf_t* conf, const std::string& name) {
  const std::string text = property(conf, name);
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Unlike the C API, a cell tells NULL from "".
const char* pointer(const Cell& cell) noexcept {
  return cell.is_null() ? nullptr : cell.bytes().data();
}

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

int timeout_of(milliseconds limit) noexcept {
  constexpr auto longest = milliseconds{std::chrono::hours{1}};
  return static_cast<int>(std::clamp(limit, milliseconds{0}, longest).count());
}

TopicState state_of(const rd_kafka_metadata_topic_t& topic) {
  if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR) return {TopicState::Is::ready, {}, topic.partition_cnt};
  Fault fault = fault_of(topic.err, topic.topic);
  return {fault.blame == Blame::topic ? TopicState::Is::faulty : TopicState::Is::unknown_yet, std::move(fault.reason), 0};
}

class LibrdkafkaProducer final : public Producer {
 public:
  LibrdkafkaProducer(const Settings& settings, LogLine log, TokenSource tokens);
  ~LibrdkafkaProducer() override;
  LibrdkafkaProducer(const LibrdkafkaProducer&) = delete;
  LibrdkafkaProducer& operator=(const LibrdkafkaProducer&) = delete;
  LibrdkafkaProducer(LibrdkafkaProducer&&) = delete;
  LibrdkafkaProducer& operator=(LibrdkafkaProducer&&) = delete;

  [[nodiscard]] std::optional<Fault> check(const Message& message) const override;
  [[nodiscard]] Sent send(const Message& message, Ticket ticket) override;
  void collect(std::vector<Outcome>& outcomes) override;
  void notify(int eventfd) override;
  [[nodiscard]] TopicState topic_state(std::string_view topic, milliseconds limit) override;
  [[nodiscard]] bool flush(milliseconds limit) override;
  [[nodiscard]] std::optional<std::string> fatal() const override;
  [[nodiscard]] std::optional<std::string> outage() const override { return outage_; }
  [[nodiscard]] Traffic traffic() const override;

 private:
  static void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text) noexcept;
  static void on_error(rd_kafka_t* client, int error, const char* reason, void* self) noexcept;
  static void on_delivery(rd_kafka_t* client, const rd_kafka_message_t* message, void* self) noexcept;
  static int on_statistics(rd_kafka_t* client, char* json, std::size_t size, void* self) noexcept;
  static void on_token_wanted(rd_kafka_t* client, const char* config, void* self) noexcept;

  Client open(const Settings& settings);
  void wake() const noexcept;
  rd_kafka_topic_t* handle(std::string_view topic);
  void keep(Ticket ticket, std::optional<Fault> fault) { waiting_.push_back({ticket, std::move(fault)}); }

  LogLine log_;
  TokenSource tokens_;
  std::size_t max_message_bytes_ = 0;
  int eventfd_ = -1;
  std::vector<Outcome> waiting_;  ///< came in during flush, or was known at once
  std::optional<std::string> outage_;
  std::map<std::string, double> rtt_seconds_;
  std::string last_trouble_;  ///< what librdkafka said before it gave up on all brokers
  Client client_;
  Queue main_queue_;
  std::unordered_map<std::string, TopicHandle, TextHash, std::equal_to<>> topics_;
  std::pair<std::string_view, rd_kafka_topic_t*> last_topic_{};  ///< rows of one topic often follow each other
};

LibrdkafkaProducer::LibrdkafkaProducer(const Settings& settings, LogLine log, TokenSource tokens)
    : log_(std::move(log)),
      tokens_(std::move(tokens)),
      client_(open(settings)),
      main_queue_(rd_kafka_queue_get_main(client_.get())) {}

Client LibrdkafkaProducer::open(const Settings& settings) {
  Conf conf = producer_conf(settings);
  max_message_bytes_ = number_property(conf.get(), "message.max.bytes");
  rd_kafka_conf_set_opaque(conf.get(), this);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  rd_kafka_conf_set_stats_cb(conf.get(), on_statistics);
  if (tokens_) use_tokens(conf.get(), on_token_wanted);
  return make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

// librdkafka waits for its messages when it is destroyed: those that are left are thrown out first.
LibrdkafkaProducer::~LibrdkafkaProducer() {
  rd_kafka_queue_io_event_enable(main_queue_.get(), -1, nullptr, 0);
  if (rd_kafka_outq_len(client_.get()) > 0) {
    constexpr int reports_ms = 500;
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client_.get(), reports_ms);
  }
}

std::optional<Fault> LibrdkafkaProducer::check(const Message& message) const {
  if (!is_topic_name(message.topic)) {
    return Fault{Blame::row, "\"" + std::string{message.topic} + "\" is no topic name: " + std::string{topic_name_rule}};
  }
  const std::size_t size = wire_size(message);
  if (size <= max_message_bytes_) return std::nullopt;
  return Fault{Blame::row, "topic \"" + std::string{message.topic} + "\": a message of " + std::to_string(size) +
                               " bytes is larger than kafka.message.max.bytes=" + std::to_string(max_message_bytes_) +
                               "; raise it (and max.message.bytes of the topic), or make the row smaller"};
}

rd_kafka_topic_t* LibrdkafkaProducer::handle(std::string_view topic) {
  if (last_topic_.second != nullptr && last_topic_.first == topic) return last_topic_.second;
  auto found = topics_.find(topic);
  if (found == topics_.end()) {
    std::string name{topic};
    TopicHandle made{rd_kafka_topic_new(client_.get(), name.c_str(), nullptr)};
    if (!made) throw std::invalid_argument("\"" + name + "\" is no topic name: " + rd_kafka_err2str(rd_kafka_last_error()));
    found = topics_.emplace(std::move(name), std::move(made)).first;
  }
  last_topic_ = {found->first, found->second.get()};
  return last_topic_.second;
}

Sent LibrdkafkaProducer::send(const Message& message, Ticket ticket) {
  static_assert(sizeof(void*) == sizeof(Ticket), "a ticket travels as the message's opaque pointer");
  std::array<rd_kafka_vu_t, 8> arguments{};
  std::size_t count = 0;
  const auto argument = [&](rd_kafka_vtype_t type) -> auto& {
    arguments[count].vtype = type;
    return arguments[count++].u;
  };
  // The library copies key and value and changes neither.
  const auto bytes = [&](rd_kafka_vtype_t type, const Cell& cell) {
    argument(type).mem = {const_cast<char*>(pointer(cell)), cell.bytes().size()};
  };
  argument(RD_KAFKA_VTYPE_RKT).rkt = handle(message.topic);
  argument(RD_KAFKA_VTYPE_MSGFLAGS).i = RD_KAFKA_MSG_F_COPY;
  argument(RD_KAFKA_VTYPE_OPAQUE).ptr = std::bit_cast<void*>(ticket);
  bytes(RD_KAFKA_VTYPE_KEY, message.key);
  bytes(RD_KAFKA_VTYPE_VALUE, message.value);
  if (message.partition) argument(RD_KAFKA_VTYPE_PARTITION).i32 = *message.partition;
  if (message.timestamp_ms) argument(RD_KAFKA_VTYPE_TIMESTAMP).i64 = *message.timestamp_ms;

  Headers headers;
  if (!message.headers.empty()) {
    headers.reset(rd_kafka_headers_new(message.headers.size()));
    for (const Header& header : message.headers) {
      rd_kafka_header_add(headers.get(), header.name.data(), std::ssize(header.name), pointer(header.value),
                          std::ssize(header.value.bytes()));
    }
    argument(RD_KAFKA_VTYPE_HEADERS).headers = headers.get();
  }

  const Error error{rd_kafka_produceva(client_.get(), arguments.data(), count)};
  if (!error) {
    (void)headers.release();  // the message has taken them
    return Sent::accepted;
  }
  const auto code = rd_kafka_error_code(error.get());
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Sent::queue_full;
  rd_kafka_poll(client_.get(), 0);  // what came before the refusal is told before it
  keep(ticket, fault_of(code, message.topic));
  wake();
  return Sent::accepted;
}

void LibrdkafkaProducer::collect(std::vector<Outcome>& outcomes) {
  rd_kafka_poll(client_.get(), 0);
  if (outcomes.empty()) {
    outcomes.swap(waiting_);
  } else {
    std::ranges::move(waiting_, std::back_inserter(outcomes));
    waiting_.clear();
  }
}

// librdkafka writes when its queue stops being empty; what came before that is announced here.
void LibrdkafkaProducer::notify(int eventfd) {
  constexpr std::uint64_t one = 1;
  eventfd_ = eventfd;
  rd_kafka_queue_io_event_enable(main_queue_.get(), eventfd, &one, sizeof one);
  if (!waiting_.empty() || rd_kafka_queue_length(main_queue_.get()) > 0) wake();
}

void LibrdkafkaProducer::wake() const noexcept {
  if (eventfd_ >= 0) eventfd_write(eventfd_, 1);
}

TopicState unanswered(rd_kafka_resp_err_t error) {
  const auto cure = cure_of(error).empty() ? cure_of_silence : std::string_view{};
  return {TopicState::Is::unanswered, "no broker answers: " + reason_of(error) + std::string{cure}, 0};
}

TopicState LibrdkafkaProducer::topic_state(std::string_view topic, milliseconds limit) {
  const rd_kafka_metadata_t* answer = nullptr;
  const auto error = rd_kafka_metadata(client_.get(), 0, handle(topic), &answer, timeout_of(limit));
  const Metadata metadata{answer};
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return unanswered(error);
  outage_.reset();
  if (metadata->topic_cnt == 0)
    return {TopicState::Is::unknown_yet, "topic \"" + std::string{topic} + "\": no broker knows it yet", 0};
  return state_of(metadata->topics[0]);
}

bool LibrdkafkaProducer::flush(milliseconds limit) {
  return rd_kafka_flush(client_.get(), timeout_of(limit)) == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::optional<std::string> LibrdkafkaProducer::fatal() const {
  std::array<char, 512> reason{};
  const auto error = rd_kafka_fatal_error(client_.get(), reason.data(), reason.size());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return std::nullopt;
  const auto cure = cure_of(error);
  return std::string{rd_kafka_err2name(error)} + ": " + reason.data() + (cure.empty() ? "" : "; ") + std::string{cure};
}

Traffic LibrdkafkaProducer::traffic() const {
  return {static_cast<std::size_t>(rd_kafka_outq_len(client_.get())), rtt_seconds_};
}

void LibrdkafkaProducer::on_log(const rd_kafka_t* client, int level, const char* facility, const char* text) noexcept {
  const auto* self = static_cast<const LibrdkafkaProducer*>(rd_kafka_opaque(client));
  if (self->log_) self->log_(level, std::string{facility} + " " + text);
}

void LibrdkafkaProducer::on_error(rd_kafka_t* /*client*/, int error, const char* reason, void* opaque) noexcept {
  auto* self = static_cast<LibrdkafkaProducer*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    self->outage_ =
        reason + (self->last_trouble_.empty() ? std::string{} : "; " + self->last_trouble_) + std::string{cure_of_silence};
  } else if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
    self->outage_ = self->last_trouble_ = reason;  // without a token no broker is even tried
  } else {
    self->last_trouble_ = reason;
  }
}

void LibrdkafkaProducer::on_delivery(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) noexcept {
  auto* self = static_cast<LibrdkafkaProducer*>(opaque);
  const auto ticket = std::bit_cast<Ticket>(message->_private);
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    if (self->outage_) self->outage_.reset();
    self->keep(ticket, std::nullopt);
  } else {
    self->keep(ticket, fault_of(message->err, rd_kafka_topic_name(message->rkt)));
  }
}

int LibrdkafkaProducer::on_statistics(rd_kafka_t* /*client*/, char* json, std::size_t size, void* opaque) noexcept {
  static_cast<LibrdkafkaProducer*>(opaque)->rtt_seconds_ = rtt_in({json, size});
  constexpr int librdkafka_frees_it = 0;
  return librdkafka_frees_it;
}

void LibrdkafkaProducer::on_token_wanted(rd_kafka_t* client, const char* /*config*/, void* opaque) noexcept {
  refresh_token(client, static_cast<const LibrdkafkaProducer*>(opaque)->tokens_);
}

}  // namespace

std::unique_ptr<Producer> make_producer(const Settings& settings, LogLine log, TokenSource tokens) {
  return std::make_unique<LibrdkafkaProducer>(settings, std::move(log), std::move(tokens));
}

}  // namespace relay::kafka
