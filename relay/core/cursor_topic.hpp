#pragma once

#include "relay/core/cursor_place.hpp"
#include "relay/core/producer_slot.hpp"
#include "relay/kafka/settings.hpp"
#include "relay/kafka/token.hpp"

#include <memory>
#include <string>

namespace relay::core {

/// Cursors in a compacted Kafka topic of one partition: the key is the cursor's name, the value its state.
class CursorTopic final : public CursorPlace {
 public:
  /// @param settings, tokens  how to reach the cluster  @param make_producer  with acks=all
  CursorTopic(std::string topic, kafka::Settings settings, kafka::TokenSource tokens, MakeProducer make_producer);

  [[nodiscard]] std::optional<std::string> load(const std::string& name) override;
  void save(const std::string& name, const std::string& state) override;
  void remove(const std::string& name) override;

 private:
  void write(const std::string& name, const std::string* state);

  std::string topic_;
  kafka::Settings settings_;
  kafka::TokenSource tokens_;
  MakeProducer make_producer_;
  std::unique_ptr<kafka::Producer> producer_;
};

}  // namespace relay::core
