#include "tests/domain/model/producer.hpp"

namespace model {
namespace {

template <typename Queue>
Queue* any_filled(std::vector<Queue>& queues, Random& random) {
  const auto first = random.below(queues.size());
  for (std::size_t i = 0; i < queues.size(); ++i) {
    auto& queue = queues[(first + i) % queues.size()];
    if (!queue.empty()) return &queue;
  }
  return nullptr;
}

}  // namespace

bool Producer::arrive() {
  auto* queue = any_filled(queues_, random_);
  if (queue == nullptr) return false;
  books_.append(queue->front().event);
  answers_[static_cast<std::size_t>(queue - queues_.data())].push_back(queue->front().ticket);
  queue->pop_front();
  return true;
}

std::optional<relay::Ticket> Producer::acknowledged() {
  auto* answers = any_filled(answers_, random_);
  if (answers == nullptr) return std::nullopt;
  const auto ticket = answers->front();
  answers->pop_front();
  return ticket;
}

void Producer::end() {
  for (auto& queue : queues_) {
    while (!queue.empty() && random_.one_in(2)) {
      books_.append(queue.front().event);
      queue.pop_front();
    }
    queue.clear();
  }
  for (auto& answers : answers_) answers.clear();
}

}  // namespace model
