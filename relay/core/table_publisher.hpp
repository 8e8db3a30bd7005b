#pragma once

#include "relay/core/bell.hpp"
#include "relay/core/columns_left_out.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/polled_table.hpp"
#include "relay/core/producer_slot.hpp"
#include "relay/core/silence.hpp"
#include "relay/core/topics.hpp"
#include "relay/domain/backoff.hpp"
#include "relay/domain/table_window.hpp"
#include "relay/encode/encoder.hpp"
#include "relay/kafka/producer.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace relay::core {

/// Names a row of a page of a table on its way to Kafka.
struct TableTicket {
  std::size_t table = 0;
  Topics::Number topic = 0;
  TableWindow::Ticket row;

  static constexpr std::size_t most_tables = 256;
  static constexpr std::size_t most_rows_a_page = 1 << 20;
  static constexpr Topics::Number further_topic = 255;  ///< in the number, which has no room for this topic and those behind it

  [[nodiscard]] kafka::Ticket number() const noexcept;
  [[nodiscard]] static TableTicket of(kafka::Ticket number) noexcept;
};

/// What became of a message.
struct TableOutcome {
  TableTicket ticket;
  std::optional<Fault> fault;  ///< none: it is acknowledged
};

/// An ordinary table's columns have no roles: they are found by their own names.
[[nodiscard]] const encode::ColumnRoles& no_roles() noexcept;

/// Turns rows of polled tables into messages. The loop's thread only.
///
/// A row that cannot be sent is held: nothing else waits for it, but the cursor stays below it, so that it is tried again with
/// every pass. A rejection by the broker accuses a whole batch and ends the producer: everything behind the cursors is read again
/// and goes one by one, until what fails alone is known.
class TablePublisher {
 public:
  TablePublisher(std::vector<encode::MessageShape> shapes, MakeProducer make_producer, Bell& bell, Observer& observer);

  /// Rows of this table follow. @throws std::invalid_argument  the message names a column that is not there
  void use(std::size_t table, const std::shared_ptr<const PolledTable>& opened);

  enum class Verdict : std::uint8_t {
    ready,    ///< `send` it
    held,     ///< it cannot be sent, by its own fault or its topic's
    not_now,  ///< no broker answers: come again
  };
  /// Makes the row's message, valid until the next call.
  [[nodiscard]] Verdict prepare(std::size_t table, const Row& row, const SentVersion& version);
  /// @return false: librdkafka's queue is full, and Kafka is silent
  [[nodiscard]] bool send(std::size_t table, const TableWindow::Ticket& ticket, Instant now);
  [[nodiscard]] std::size_t message_bytes() const noexcept { return message_.key.bytes().size() + message_.value.bytes().size(); }

  /// What became of messages since the last call; valid until the next one.
  [[nodiscard]] const std::vector<TableOutcome>& collect(Instant now);
  void acknowledged(const TableTicket& ticket);
  /// Why this producer can send no more, if so.
  [[nodiscard]] std::optional<std::string> broken() const { return producer_->fatal(); }
  /// This version of a row was rejected; it, or another one of its batch, or its topic is at fault.
  void rejected(const TableTicket& ticket, const SentVersion& version, const Fault& fault);
  /// Holds the topics that have something on its way, where brokers that answer have acknowledged nothing of it for long.
  /// @return they did: `abandon` then
  [[nodiscard]] bool hold_silent(Instant now);
  /// Why nothing arrives of what is on its way, or nothing for one topic for long, although brokers answer; empty: it does.
  [[nodiscard]] std::string silence(Instant now) const;
  /// Makes Kafka's client anew, with secrets as their files have them now: as `abandon` then. @return false: nothing has changed
  [[nodiscard]] bool renew();
  /// Gives up what Kafka has not acknowledged.
  void abandon();
  /// Nothing is on its way any more, nor waits to be sent: rows may go in batches again.
  void relax();
  /// A person has asked: what the broker rejected is tried again.
  void try_again();

  void tell_acknowledged() { topics_.tell_acknowledged(observer_); }
  [[nodiscard]] std::optional<std::string> outage() const;
  [[nodiscard]] kafka::Traffic traffic() const { return producer_->traffic(); }
  /// Of the last row that was held.
  [[nodiscard]] const std::string& why_held() const noexcept { return why_held_; }

 private:
  struct FaultyTopic {
    std::string reason;
    std::chrono::steady_clock::time_point ask_again;
    Backoff refusals{std::chrono::seconds(1), std::chrono::minutes(1)};  // of what was sent: each costs the producer
  };
  struct OnItsWay {  // to a topic
    std::size_t rows = 0;
    Silence silence;
  };
  struct BadRow {
    Fingerprint fingerprint = 0;
    bool rejected = false;  // by the broker: it is not tried again
    std::string reason;
  };

  [[nodiscard]] Verdict topic_verdict();
  FaultyTopic& hold_topic(const std::string& name, const std::string& reason);
  void refused(const std::string& topic, const std::string& reason);
  [[nodiscard]] TableTicket came_back(kafka::Ticket number, Instant now);
  Verdict hold(std::size_t table, const SentVersion& version, const Fault& fault, bool rejected);
  void replace_producer();
  void use_producer(std::unique_ptr<kafka::Producer> producer);

  std::vector<encode::MessageShape> shapes_;
  MakeProducer make_producer_;
  Bell& bell_;
  Observer& observer_;
  std::vector<std::shared_ptr<const PolledTable>> opened_;
  std::vector<std::unique_ptr<encode::Encoder>> encoders_;
  std::vector<ColumnsLeftOut> left_out_;
  std::vector<std::unordered_map<RowKey, BadRow>> bad_;
  std::unique_ptr<kafka::Producer> producer_;
  bool one_by_one_ = false;  // what the next producer has to be, because a batch was rejected
  bool alone_ = false;       // what this one is: its rejections accuse one row
  bool has_sent_ = false;    // this one
  Topics topics_;
  std::map<std::string, FaultyTopic, std::less<>> faulty_topics_;  // until all that was sent there has arrived
  std::minstd_rand random_{std::random_device{}()};
  Message message_;
  Topics::Number topic_ = 0;                                          // of the message
  std::vector<OnItsWay> on_their_way_;                                // by the topic's number
  std::unordered_map<kafka::Ticket, Topics::Number> further_topics_;  // of what is on its way
  std::vector<kafka::Outcome> outcomes_;                              // collected while a message waited for room
  std::vector<TableOutcome> collected_;
  std::string why_held_;
};

}  // namespace relay::core
