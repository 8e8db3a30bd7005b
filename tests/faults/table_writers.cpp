#include "tests/faults/table_writers.hpp"

#include "relay/domain/timestamp.hpp"
#include "relay/kafka/consumer.hpp"

#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

namespace faults {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int rows_a_writer = 12;

std::string quoted_time(std::chrono::system_clock::time_point time) {
  auto text = relay::iso_timestamp(std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
  text[10] = ' ';
  text.pop_back();
  return "'" + text + "'";
}

class TableWriter {
 public:
  TableWriter(const e2e::PolledTable& table, int number, milliseconds slow_clock, std::uint32_t seed)
      : table_(table), number_(number), slow_clock_(slow_clock), random_(seed), session_(table.connect()) {}

  void transaction(std::chrono::steady_clock::time_point deadline) {
    std::vector<std::pair<int, std::string>> written;
    session_->begin();
    for (int i = draw(3); i >= 0; --i) {
      const int id = number_ * 1000 + draw(rows_a_writer);
      const auto name = "n" + std::to_string(++names_);
      table_.put(*session_, id, name, time());
      written.emplace_back(id, name);
      if (draw(4) == 0) std::this_thread::sleep_for(milliseconds(draw(30)));
    }
    const auto longest = std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()) + 5s;
    const auto open = draw(8) == 0 ? std::min<milliseconds>(milliseconds(draw(10'000)), longest) : milliseconds(draw(40));
    std::this_thread::sleep_for(open);
    if (draw(10) == 0) return session_->rollback();
    session_->commit();
    for (const auto& [id, name] : written) {
      books_.last[std::to_string(id)] = name;
      books_.committed.insert(std::to_string(id) + "=" + name);
    }
  }

  [[nodiscard]] const TableBooks& books() const { return books_; }

 private:
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string time() {
    if (draw(2) == 0) return table_.now();
    return quoted_time(std::chrono::system_clock::now() - milliseconds(draw(static_cast<int>(slow_clock_.count()) + 1)));
  }

  const e2e::PolledTable& table_;
  int number_;
  milliseconds slow_clock_;
  std::minstd_rand random_;
  std::unique_ptr<db::Session> session_;
  TableBooks books_;
  int names_ = 0;
};

}  // namespace

TableBooks write_table(const e2e::PolledTable& table, int writers, milliseconds time, milliseconds slow_clock, std::uint32_t seed) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  std::mutex mutex;
  TableBooks all;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> threads;
    for (int number = 1; number <= writers; ++number) {
      threads.emplace_back([&, number] {
        try {
          TableWriter writer(table, number, slow_clock, seed + static_cast<std::uint32_t>(number));
          while (std::chrono::steady_clock::now() < deadline) writer.transaction(deadline);
          const std::lock_guard lock(mutex);
          all.last.insert(writer.books().last.begin(), writer.books().last.end());
          all.committed.insert(writer.books().committed.begin(), writer.books().committed.end());
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

TableAudit audit_table(const e2e::PolledTable& table, const TableBooks& books) {
  TableAudit audit;
  std::map<std::string, std::string> last;
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {table.topic()});
  for (const auto& message : consumer.take_rest(30s)) {
    ++audit.messages;
    const auto& key = message.key.value();
    const auto name = nlohmann::json::parse(message.value.value()).at("name").get<std::string>();
    if (!books.committed.contains(key + "=" + name)) audit.invented.push_back(key + "=" + name);
    last[key] = name;
  }
  for (const auto& [id, name] : books.last) {
    if (last[id] != name) audit.lost.push_back(id + "=" + name);
  }
  return audit;
}

}  // namespace faults
