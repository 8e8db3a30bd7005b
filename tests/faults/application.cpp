#include "tests/faults/application.hpp"

#include <algorithm>
#include <iostream>
#include <random>
#include <set>

namespace faults {
namespace {

using std::chrono::milliseconds;

std::string key_name(int number) {
  return "k" + std::to_string(number);
}

std::string sql_text(const std::string& text) {
  return "'" + text + "'";
}

}  // namespace

/// One instance of the application with one connection.
class Application::Writer {
 public:
  Writer(Application& application, std::uint32_t seed)
      : application_(application), words_(words_of(application.shop_.server())), random_(seed) {}

  void work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        if (!session_) connect();
        transaction();
        std::this_thread::sleep_for(upto(application_.habits_.think));
      } catch (const db::DbError&) {
        ++application_.figures_.failed;
        session_.reset();
        std::this_thread::sleep_for(milliseconds(20));
      }
    }
    while (!unresolved_.empty()) {
      try {
        connect();
      } catch (const db::DbError&) {
        std::this_thread::sleep_for(milliseconds(100));
      }
    }
  }

  [[nodiscard]] std::string session_number() {
    const std::lock_guard lock(mutex_);
    return number_;
  }

 private:
  enum class End : std::uint8_t { commit, rollback, prepare };

  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }
  milliseconds upto(milliseconds most) { return milliseconds(draw(static_cast<int>(most.count()) + 1)); }

  db::ResultSet say(const std::string& sql) { return session_->run({"application", sql}, {}); }

  void connect() {
    session_ = application_.shop_.connect();
    {
      const std::lock_guard lock(mutex_);
      number_ = std::string(say(words_.own_session)[0][0].bytes());
    }
    resolve();
  }

  /// A transaction that was prepared when the connection broke holds its locks until somebody ends it.
  void resolve() {
    if (unresolved_.empty()) return;
    const auto open = say("SELECT 1 FROM pg_prepared_xacts WHERE gid = " + sql_text(unresolved_));
    if (!open.empty()) say("COMMIT PREPARED " + sql_text(unresolved_));
    unresolved_.clear();
  }

  void transaction() {
    const auto end = draw_end();
    session_->begin();
    std::set<std::string> keys;  // in order: no deadlocks
    for (int more = draw(10) == 0 ? 3 : 1; more > 0; --more) keys.insert(key_name(draw(application_.habits_.keys)));
    for (const auto& key : keys) {
      say("SELECT name FROM " + application_.aggregates_ + " WHERE name = " + sql_text(key) + words_.lock_row);
    }
    if (draw(3) == 0) std::this_thread::sleep_for(upto(application_.habits_.hold / 10));
    write_events(keys);
    hold();
    finish(end);
  }

  End draw_end() {
    const auto dice = draw(100);
    if (dice < 10) return End::rollback;
    return words_.prepares && dice < 20 ? End::prepare : End::commit;
  }

  void write_events(const std::set<std::string>& keys) {
    std::vector<std::pair<std::string, int>> events;
    for (int rounds = draw(5) == 0 ? 1 + draw(5) : 1; rounds > 0; --rounds) {
      for (const auto& key : keys) events.emplace_back(key, ++application_.number_);
    }
    for (const auto& [key, number] : events) {
      say("INSERT INTO " + application_.ledger_ + " (number, name) VALUES (" + std::to_string(number) + ", " + sql_text(key) + ")");
    }
    for (const auto& [key, number] : events) {
      application_.shop_.insert(*session_, application_.topic_, key,
                                R"({"key":")" + key + R"(","n":)" + std::to_string(number) + "}");
    }
  }

  void hold() {
    const bool is_long = draw(150) == 0;
    if (is_long) ++application_.figures_.held_long;
    std::this_thread::sleep_for(upto(is_long ? application_.habits_.long_hold : application_.habits_.hold));
  }

  void finish(End end) {
    auto& figures = application_.figures_;
    switch (end) {
      case End::rollback:
        session_->rollback();
        ++figures.rolled_back;
        return;
      case End::commit:
        session_->commit();
        break;
      case End::prepare:
        unresolved_ = application_.ledger_ + "_" + std::to_string(++application_.number_);
        say("PREPARE TRANSACTION " + sql_text(unresolved_));
        hold();
        resolve();
        ++figures.prepared;
        break;
    }
    ++figures.committed;
  }

  Application& application_;
  Words words_;
  std::mt19937 random_;
  std::unique_ptr<db::Session> session_;
  std::string unresolved_;  // the name of a prepared transaction that may be open
  std::mutex mutex_;
  std::string number_;
};

Application::Application(e2e::Shop& shop, std::string topic, Habits habits, std::uint32_t seed)
    : shop_(shop),
      topic_(std::move(topic)),
      habits_(habits),
      aggregates_(shop.table() + "_aggregates"),
      ledger_(shop.table() + "_ledger") {
  const auto words = words_of(shop.server());
  shop.execute("CREATE TABLE " + aggregates_ + " (name " + words.string_type + " PRIMARY KEY)");
  shop.execute("CREATE TABLE " + ledger_ + " (number BIGINT PRIMARY KEY, name " + words.string_type + ")");
  std::string names;
  for (int i = 0; i < habits.keys; ++i) names += (names.empty() ? "(" : ", (") + sql_text(key_name(i)) + ")";
  shop.execute("INSERT INTO " + aggregates_ + " (name) VALUES " + names);
  for (int i = 0; i < habits.writers; ++i) {
    writers_.push_back(std::make_unique<Writer>(*this, seed * 1000 + static_cast<std::uint32_t>(i)));
  }
}

Application::~Application() {
  finish();
  try {
    const auto session = shop_.connect();
    session->run({"application", "DROP TABLE " + aggregates_}, {});
    session->run({"application", "DROP TABLE " + ledger_}, {});
  } catch (const db::DbError& error) {
    std::cerr << "tables " << aggregates_ << " and " << ledger_ << " are left: " << error.what() << '\n';
  }
}

void Application::start() {
  for (auto& writer : writers_) {
    threads_.emplace_back([&writer = *writer](const std::stop_token& stop) { writer.work(stop); });
  }
}

void Application::finish() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Application::end_writer(db::Session& admin, std::size_t n) {
  const auto number = writers_[n % writers_.size()]->session_number();
  if (!number.empty()) end_session(admin, shop_.server(), number);
}

e2e::Committed Application::committed() const {
  const auto session = shop_.connect();
  const auto rows = session->run({"application", "SELECT name, number FROM " + ledger_ + " ORDER BY number"}, {});
  e2e::Committed committed;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    committed[std::string(rows[i][0].bytes())].push_back(std::stoi(std::string(rows[i][1].bytes())));
  }
  return committed;
}

}  // namespace faults
