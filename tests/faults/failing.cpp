#include "tests/faults/failing.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <sys/eventfd.h>
#include <utility>

namespace faults {
namespace {

using db::DbError;
using db::Failure;
namespace kafka = relay::kafka;

db::ResultSet run(Script& script, const std::function<db::ResultSet()>& proceed) {
  if (script.fails(Wrong::lost_before)) throw DbError(Failure::connection_lost, "", "the test cut the connection");
  if (script.fails(Wrong::deadlock)) throw DbError(Failure::deadlock, "", "the test made a deadlock");
  if (script.fails(Wrong::lock_timeout)) throw DbError(Failure::lock_timeout, "", "the test held a lock");
  if (script.fails(Wrong::timeout)) throw DbError(Failure::statement_timeout, "", "the test took its time");
  auto result = proceed();
  if (script.fails(Wrong::lost_after)) throw DbError(Failure::connection_lost, "", "the test cut the connection", true);
  return result;
}

class FailingProducer final : public kafka::Producer {
 public:
  FailingProducer(std::unique_ptr<kafka::Producer> producer, std::shared_ptr<Script> script)
      : producer_(std::move(producer)), script_(std::move(script)) {}

  [[nodiscard]] std::optional<relay::Fault> check(const relay::Message& message) const override {
    return producer_->check(message);
  }

  [[nodiscard]] kafka::Sent send(const relay::Message& message, kafka::Ticket ticket) override {
    if (script_->fails(Wrong::queue_full)) return kafka::Sent::queue_full;
    if (script_->fails(Wrong::fatal_before)) fatal_ = "the test ended this producer";
    if (script_->fails(Wrong::row_refused)) {
      fatal_ = "the test refused a message";
      return answer(ticket, {relay::Blame::row, "the test refuses this row"});
    }
    if (script_->fails(Wrong::topic_refused)) refused_.emplace(message.topic);
    if (fatal_) return answer(ticket, {relay::Blame::nobody, "an earlier message failed"});
    if (refused_.contains(message.topic)) return answer(ticket, {relay::Blame::topic, "the test refuses this topic"});
    return producer_->send(message, ticket);
  }

  void collect(std::vector<kafka::Outcome>& outcomes) override {
    std::vector<kafka::Outcome> come;
    producer_->collect(come);
    for (auto& outcome : come) {
      if (!mute_ && !outcome.fault && script_->fails(Wrong::fatal_after)) {
        mute_ = true;
        fatal_ = "the test lost an acknowledgement";
      }
      if (!mute_) outcomes.push_back(std::move(outcome));
    }
    std::ranges::move(answers_, std::back_inserter(outcomes));
    answers_.clear();
  }

  void notify(int eventfd) override {
    eventfd_ = eventfd;
    producer_->notify(eventfd);
  }

  [[nodiscard]] kafka::TopicState topic_state(std::string_view topic, std::chrono::milliseconds limit) override {
    if (script_->fails(Wrong::metadata_missing)) return {kafka::TopicState::Is::unknown_yet, "the test keeps the metadata"};
    if (const auto refused = refused_.find(topic); refused != refused_.end()) refused_.erase(refused);
    return producer_->topic_state(topic, limit);
  }

  [[nodiscard]] bool flush(std::chrono::milliseconds limit) override { return producer_->flush(limit); }
  [[nodiscard]] std::optional<std::string> fatal() const override { return fatal_ ? fatal_ : producer_->fatal(); }
  [[nodiscard]] std::optional<std::string> outage() const override { return producer_->outage(); }
  [[nodiscard]] kafka::Traffic traffic() const override { return producer_->traffic(); }

 private:
  kafka::Sent answer(kafka::Ticket ticket, relay::Fault fault) {
    answers_.push_back({ticket, std::move(fault)});
    if (eventfd_ >= 0) eventfd_write(eventfd_, 1);
    return kafka::Sent::accepted;
  }

  std::unique_ptr<kafka::Producer> producer_;
  std::shared_ptr<Script> script_;
  std::set<std::string, std::less<>> refused_;
  std::vector<kafka::Outcome> answers_;
  std::optional<std::string> fatal_;
  bool mute_ = false;
  int eventfd_ = -1;
};

}  // namespace

std::shared_ptr<const db::Driver> failing_driver(std::shared_ptr<const db::Driver> driver, const std::shared_ptr<Script>& script) {
  Interference interference;
  interference.connecting = [script] {
    if (script->fails(Wrong::connect_refused)) throw DbError(Failure::unreachable, "", "the test refuses the connection");
  };
  interference.running = [script](std::string_view /*name*/, const std::function<db::ResultSet()>& proceed) {
    return run(*script, proceed);
  };
  return forwarding_driver(std::move(driver), std::move(interference));
}

std::unique_ptr<kafka::Producer> failing_producer(std::unique_ptr<kafka::Producer> producer, std::shared_ptr<Script> script) {
  return std::make_unique<FailingProducer>(std::move(producer), std::move(script));
}

}  // namespace faults
