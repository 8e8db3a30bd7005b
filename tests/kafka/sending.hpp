#pragma once

#include "relay/kafka/producer.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace relay::kafka::tests {

/// Long enough for any machine; a test that has to wait that long has failed.
inline constexpr std::chrono::seconds patience{30};

[[nodiscard]] Message message(std::string_view topic, std::string_view key, std::string_view value);

/// Collects until that many outcomes have come or patience ends.
[[nodiscard]] std::vector<Outcome> outcomes(Producer& producer, std::size_t count);

/// Polls the producer until `done` or patience ends. @return whether `done` became true
template <typename Done>
[[nodiscard]] bool eventually(Producer& producer, std::vector<Outcome>& seen, Done done);

/// Sends and waits; the reason when it was not acknowledged, else empty.
[[nodiscard]] std::string send_one(Producer& producer, const Message& message);

}  // namespace relay::kafka::tests

#include <thread>

template <typename Done>
bool relay::kafka::tests::eventually(Producer& producer, std::vector<Outcome>& seen, Done done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    producer.collect(seen);
    if (done()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return false;
}
