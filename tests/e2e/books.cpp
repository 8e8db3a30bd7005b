#include "tests/e2e/books.hpp"

#include "relay/kafka/consumer.hpp"

#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace e2e {
namespace {

constexpr int keys_a_writer = 5;
constexpr std::size_t enough = 15;  // events of each writer, however slow the machine is

std::string payload_of(const std::string& key, int number) {
  return "{\"key\":\"" + key + "\",\"n\":" + std::to_string(number) + "}";
}

/// One application instance; a database that refuses for a moment (SQLite has one writer) is asked again.
class Writer {
 public:
  Writer(const Shop& shop, std::string topic, int number, std::uint32_t seed)
      : shop_(shop), topic_(std::move(topic)), number_(number), random_(seed), session_(shop.connect()) {}

  void transaction() {
    const auto key = "w" + std::to_string(number_) + "-" + std::to_string(draw(keys_a_writer));
    const auto events = 1 + draw(3);
    auto& numbers = committed_[key];
    auto next = next_[key];
    try {
      session_->begin();
      for (int i = 0; i < events; ++i) shop_.insert(*session_, topic_, key, payload_of(key, next + i));
      std::this_thread::sleep_for(std::chrono::milliseconds(draw(4) == 0 ? draw(80) : draw(3)));
      if (draw(10) == 0) {
        session_->rollback();
      } else {
        session_->commit();
        for (int i = 0; i < events; ++i) numbers.push_back(next + i);
      }
      next_[key] = next + events;  // numbers that were rolled back are never used again
    } catch (const db::DbError& error) {
      if (error.failure() != db::Failure::lock_timeout && error.failure() != db::Failure::deadlock) throw;
      session_ = shop_.connect();
      next_[key] = next + events;
    }
  }

  [[nodiscard]] const Committed& committed() const { return committed_; }
  [[nodiscard]] std::size_t written() const {
    std::size_t events = 0;
    for (const auto& [key, numbers] : committed_) events += numbers.size();
    return events;
  }

 private:
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  const Shop& shop_;
  std::string topic_;
  int number_;
  std::minstd_rand random_;
  std::unique_ptr<db::Session> session_;
  Committed committed_;
  std::map<std::string, int> next_;
};

std::string event(const std::string& key, int number) {
  return key + " " + std::to_string(number);
}

}  // namespace

Committed write(const Shop& shop, const std::string& topic, int writers, std::chrono::milliseconds time, std::uint32_t seed) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  std::mutex mutex;
  Committed all;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < writers; ++number) {
      threads.emplace_back([&, number] {
        try {
          Writer writer(shop, topic, number, seed + static_cast<std::uint32_t>(number));
          while (std::chrono::steady_clock::now() < deadline || writer.written() < enough) writer.transaction();
          const std::lock_guard lock(mutex);
          all.insert(writer.committed().begin(), writer.committed().end());
        } catch (...) {
          const std::lock_guard lock(mutex);
          failure = std::current_exception();
        }
      });
    }
  }
  if (failure) std::rethrow_exception(failure);
  return all;
}

Audit audit(const std::string& topic, const Committed& committed) {
  using namespace std::chrono_literals;
  std::map<std::string, std::set<int>> seen;
  Audit result;
  relay::kafka::Consumer consumer({{"bootstrap.servers", kafka()}}, {topic});
  for (const auto& message : consumer.take_rest(30s)) {
    ++result.messages;
    const auto& key = message.key.value();
    const auto number = std::stoi(message.value.value().substr(message.value->find("\"n\":") + 4));
    auto& numbers = seen[key];
    if (numbers.contains(number)) {
      ++result.duplicates;
      continue;
    }
    if (!numbers.empty() && *numbers.rbegin() > number) result.disordered.push_back(event(key, number));
    numbers.insert(number);
  }
  for (const auto& [key, numbers] : committed) {
    for (const auto number : numbers) {
      if (seen[key].erase(number) == 0) result.lost.push_back(event(key, number));
    }
  }
  for (const auto& [key, numbers] : seen) {
    for (const auto number : numbers) result.invented.push_back(event(key, number));
  }
  return result;
}

}  // namespace e2e
