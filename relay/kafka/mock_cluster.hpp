#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace relay::kafka {

/// A Kafka cluster inside this process, for the demo and for tests: librdkafka's mock brokers on loopback ports.
/// It forgets everything when it goes. Any number of clients may use it, from any thread.
class MockCluster {
 public:
  explicit MockCluster(int brokers = 1);
  ~MockCluster();
  MockCluster(MockCluster&&) noexcept;
  MockCluster& operator=(MockCluster&&) noexcept;
  MockCluster(const MockCluster&) = delete;
  MockCluster& operator=(const MockCluster&) = delete;

  /// For `kafka.bootstrap.servers`.
  [[nodiscard]] std::string bootstrap_servers() const;

  void create_topic(const std::string& name, int partitions);

  /// By their numbers in Kafka's protocol.
  enum class Request : std::int16_t { produce = 0, list_offsets = 2, metadata = 3, init_producer_id = 22 };

  /// The next requests of that kind are answered with these error codes of Kafka's protocol, one each; 0 lets one through.
  void answer_with(Request request, const std::vector<std::int16_t>& errors);

  /// Metadata requests say this of a topic, which has not been created, from now on.
  void answer_metadata_with(const std::string& topic, std::int16_t error);

  /// Brokers, counted from 1, cut all connections and take none until they are up again.
  void set_down(int broker);
  void set_up(int broker);
  /// That partition has no leader until it gets one again; its topic is there all the same.
  void take_leader(const std::string& topic, int partition);
  void give_leader(const std::string& topic, int partition, int broker);
  /// From now on that broker's answers come this much later.
  void delay_answers(int broker, std::chrono::milliseconds delay);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace relay::kafka
