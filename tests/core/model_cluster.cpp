#include "tests/core/model_cluster.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace model {

using relay::Blame;
using relay::Fault;
namespace kafka = relay::kafka;

class Sender final : public kafka::Producer {
 public:
  Sender(Cluster& cluster, bool probing) : cluster_(cluster), probing_(probing) { cluster_.senders_.push_back(this); }
  ~Sender() override { std::erase(cluster_.senders_, this); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  [[nodiscard]] std::optional<Fault> check(const relay::Message& /*message*/) const override { return std::nullopt; }
  [[nodiscard]] kafka::Sent send(const relay::Message& message, kafka::Ticket ticket) override {
    queue_.push_back(
        {ticket, {std::string(message.topic), std::string(message.key.bytes()), std::stoll(std::string(message.value.bytes()))}});
    return kafka::Sent::accepted;
  }
  void collect(std::vector<kafka::Outcome>& outcomes) override {
    std::ranges::move(std::exchange(done_, {}), std::back_inserter(outcomes));
  }
  void notify(int /*eventfd*/) override {}
  [[nodiscard]] kafka::TopicState topic_state(std::string_view /*topic*/, std::chrono::milliseconds /*limit*/) override {
    using Is = kafka::TopicState::Is;
    if (cluster_.by_chance(8)) return {cluster_.by_chance(2) ? Is::faulty : Is::unknown_yet, "not now", 0};
    return {Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return queue_.empty(); }
  [[nodiscard]] std::optional<std::string> fatal() const override { return fatal_; }
  [[nodiscard]] std::optional<std::string> outage() const override { return std::nullopt; }
  [[nodiscard]] kafka::Traffic traffic() const override { return {queue_.size(), {}}; }

  /// One batch.
  void work() {
    auto next = first_that_moves();
    if (next == queue_.end() || fatal_) return;
    const auto first = next->message.topic;
    const auto most = probing_ ? 1 : cluster_.at_most(6);
    std::vector<Queued> batch;
    while (batch.size() < most && next != queue_.end() && next->message.topic == first) {
      batch.push_back(std::move(*next));
      queue_.erase(next);
      next = first_that_moves();
    }
    if (std::ranges::any_of(batch, [&](const auto& queued) { return cluster_.refuses(queued.message); })) {
      answer(batch, Fault{Blame::row, "refused"});
    } else if (cluster_.by_chance(40)) {
      answer(batch, Fault{Blame::topic, "not authorised, for once"});
    } else {
      for (const auto& queued : batch) cluster_.arrived_.push_back(queued.message);
      answer(batch, cluster_.by_chance(40) ? std::optional(Fault{Blame::nobody, "no answer"}) : std::nullopt);
    }
  }

 private:
  struct Queued {
    kafka::Ticket ticket = 0;
    Arrival message;
  };

  std::deque<Queued>::iterator first_that_moves() {
    return std::ranges::find_if(queue_, [&](const auto& queued) { return queued.message.key != cluster_.stuck_; });
  }

  void answer(const std::vector<Queued>& batch, const std::optional<Fault>& fault) {
    for (const auto& queued : batch) done_.push_back({queued.ticket, fault});
    if (!fault) return;
    fatal_ = fault->reason;
    if (cluster_.by_chance(2)) return;  // else nothing is told of the rest
    for (const auto& queued : std::exchange(queue_, {})) done_.push_back({queued.ticket, Fault{Blame::nobody, "purged"}});
  }

  Cluster& cluster_;
  bool probing_;
  std::deque<Queued> queue_;
  std::vector<kafka::Outcome> done_;
  std::optional<std::string> fatal_;
};

std::unique_ptr<kafka::Producer> Cluster::make_producer(bool probing) {
  return std::make_unique<Sender>(*this, probing);
}

void Cluster::work() {
  for (auto* sender : senders_) {
    while (!by_chance(3)) sender->work();
  }
}

bool Cluster::refuses(const Arrival& message) const {
  return message.topic != "dead" && std::ranges::find(poison_, message.position) != poison_.end();
}

}  // namespace model
