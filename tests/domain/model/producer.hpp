#pragma once

#include "relay/domain/in_flight.hpp"
#include "tests/domain/model/books.hpp"
#include "tests/domain/model/world.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace model {

/// A producer and its broker: rows of a partition arrive and are acknowledged in order, partitions in any order.
class Producer {
 public:
  Producer(Random& random, Books& books, std::size_t partitions)
      : random_(random), books_(books), queues_(partitions), answers_(partitions) {}

  void send(const Event& event, relay::Ticket ticket) { queues_[event.key % queues_.size()].push_back({event, ticket}); }
  /// The next row of one partition arrives at the broker. @return false: nothing is under way
  bool arrive();
  /// @return the next acknowledgement of one partition
  std::optional<relay::Ticket> acknowledged();
  /// It ends with all it holds; of each partition the first few rows arrive nevertheless.
  void end();

 private:
  struct Sent {
    Event event;
    relay::Ticket ticket = 0;
  };

  Random& random_;
  Books& books_;
  std::vector<std::deque<Sent>> queues_;
  std::vector<std::deque<relay::Ticket>> answers_;
};

}  // namespace model
