#pragma once

#include "tests/e2e/shop.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace e2e {

/// An ordinary table `id, name, update_ts` with the index (update_ts, id), the relay's own tables beside it, and a topic of its
/// name.
class PolledTable {
 public:
  explicit PolledTable(const Server& server, int partitions = 1);
  ~PolledTable();
  PolledTable(const PolledTable&) = delete;
  PolledTable& operator=(const PolledTable&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& topic() const { return name_; }
  [[nodiscard]] const Shop& shop() const { return shop_; }
  [[nodiscard]] const std::string& url() const { return shop_.url(); }
  [[nodiscard]] const std::string& now() const { return now_; }  ///< SQL: as a writer takes the time
  [[nodiscard]] std::unique_ptr<db::Session> connect() const { return shop_.connect(); }
  void execute(const std::string& sql) { session_->run({"test", sql}, {}); }
  /// One statement: makes the row or changes it; the database sets the time.
  void put(int id, const std::string& text) { put(*session_, id, text, now_); }
  void put(db::Session& session, int id, const std::string& text, const std::string& time) const;

  /// `command` with the options that point it at this table and the test's Kafka.
  [[nodiscard]] std::vector<std::string> relaying(const std::string& command, const std::vector<std::string>& more = {}) const;

  /// What the table holds: id and name.
  [[nodiscard]] std::map<std::string, std::string> rows();

 private:
  Shop shop_;  // its server, its connections, its lease table
  std::string name_;
  std::string now_;
  std::unique_ptr<db::Session> session_;
};

/// The messages of a topic, in order, as `key=name` (`key=` for a tombstone).
[[nodiscard]] std::vector<std::string> messages(const std::string& topic);

}  // namespace e2e
