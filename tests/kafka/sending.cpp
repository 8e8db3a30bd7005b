#include "tests/kafka/sending.hpp"

namespace relay::kafka::tests {

Message message(std::string_view topic, std::string_view key, std::string_view value) {
  return {topic, Cell{key}, Cell{value}, {}, std::nullopt};
}

std::vector<Outcome> outcomes(Producer& producer, std::size_t count) {
  std::vector<Outcome> seen;
  (void)eventually(producer, seen, [&] { return seen.size() >= count; });
  return seen;
}

std::string send_one(Producer& producer, const Message& message) {
  if (producer.send(message, 1) != Sent::accepted) return "queue full";
  const auto seen = outcomes(producer, 1);
  if (seen.size() != 1) return "no outcome";
  return seen.front().fault ? seen.front().fault->reason : std::string{};
}

}  // namespace relay::kafka::tests
