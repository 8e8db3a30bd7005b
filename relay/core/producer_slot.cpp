#include "relay/core/producer_slot.hpp"

#include <stdexcept>
#include <thread>

namespace relay::core {

kafka::Producer& ProducerSlot::get() {
  if (!producer_) renew();
  return *producer_;
}

void ProducerSlot::renew() {
  auto made = make_(probing_);
  made->notify(bell_.fd());
  producer_ = std::move(made);
}

std::optional<std::string> ProducerSlot::collect(std::vector<kafka::Outcome>& outcomes) {
  if (!producer_) return std::nullopt;
  producer_->collect(outcomes);
  auto why = producer_->fatal();
  if (why) producer_->collect(outcomes);
  return why;
}

bool renewed(Observer& observer, const std::function<void()>& make_anew) {
  try {
    make_anew();
  } catch (const std::invalid_argument& error) {
    observer.say(Level::error, "Kafka's clients stay as they are: " + std::string(error.what()));
    return false;
  }
  observer.say(Level::info, "Kafka's clients were made anew, with their secrets as they are now");
  return true;
}

bool send_patiently(kafka::Producer& producer, const Message& message, kafka::Ticket ticket, std::chrono::milliseconds patience,
                    std::vector<kafka::Outcome>& outcomes) {
  constexpr std::chrono::milliseconds turn{1};
  for (auto left = patience; producer.send(message, ticket) == kafka::Sent::queue_full; left -= turn) {
    if (left <= left.zero()) return false;
    producer.collect(outcomes);
    std::this_thread::sleep_for(turn);
  }
  return true;
}

}  // namespace relay::core
