#include "tests/e2e/polled_table.hpp"

#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <nlohmann/json.hpp>

namespace e2e {
namespace {

using namespace std::chrono_literals;

struct Words {
  std::string columns;
  std::string now;
};

/// As users have it on each database.
Words words_of(const std::string& server) {
  if (server == "postgres") {
    return {"id BIGINT PRIMARY KEY, name TEXT NOT NULL, update_ts TIMESTAMPTZ NOT NULL DEFAULT now()", "now()"};
  }
  if (server == "sqlite") {
    return {"id INTEGER PRIMARY KEY, name TEXT NOT NULL, update_ts TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))",
            "strftime('%Y-%m-%d %H:%M:%f', 'now')"};
  }
  return {"id BIGINT PRIMARY KEY, name VARCHAR(3000) NOT NULL, update_ts TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)",
          "NOW(6)"};
}

}  // namespace

PolledTable::PolledTable(const Server& server, int partitions) : shop_(server, false), name_(shop_.table() + "_polled") {
  const auto words = words_of(server.name);
  now_ = words.now;
  session_ = shop_.connect();
  execute("CREATE TABLE " + name_ + " (" + words.columns + ")");
  execute("CREATE INDEX " + name_ + "_by_time ON " + name_ + " (update_ts, id)");
  const auto made = run({"init", "--source.mode=table", "--source.url=" + url(), "--table.name=" + name_});
  if (made.code != 0) throw std::runtime_error(made.output);
  relay::kafka::tests::create_topic(kafka(), name_, partitions);
}

PolledTable::~PolledTable() {
  try {
    const auto session = connect();
    session->run({"test", "DROP TABLE " + name_}, {});
    session->run({"test", "DELETE FROM outbox_relay_cursor WHERE name = '" + name_ + "/" + name_ + "'"}, {});
  } catch (const db::DbError& error) {
    WARN(error.what());
  }
}

void PolledTable::put(db::Session& session, int id, const std::string& text, const std::string& time) const {
  const auto number = std::to_string(id);
  const auto changed =
      session.run({"put", "UPDATE " + name_ + " SET name = '" + text + "', update_ts = " + time + " WHERE id = " + number}, {});
  if (changed.affected() > 0) return;
  session.run({"put", "INSERT INTO " + name_ + " (id, name, update_ts) VALUES (" + number + ", '" + text + "', " + time + ")"}, {});
}

std::vector<std::string> PolledTable::relaying(const std::string& command, const std::vector<std::string>& more) const {
  std::vector<std::string> all{command,
                               "--source.mode=table",
                               "--source.url=" + url(),
                               "--table.name=" + name_,
                               "--lease.name=" + name_,
                               "--kafka.bootstrap.servers=" + kafka(),
                               "--http.listen=",
                               "--poll.interval=100ms"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::map<std::string, std::string> PolledTable::rows() {
  std::map<std::string, std::string> all;
  const auto result = session_->run({"rows", "SELECT id, name FROM " + name_}, {});
  for (std::size_t i = 0; i < result.size(); ++i) all.emplace(result[i][0].bytes(), result[i][1].bytes());
  return all;
}

std::vector<std::string> messages(const std::string& topic) {
  relay::kafka::Consumer consumer({{"bootstrap.servers", kafka()}}, {topic});
  std::vector<std::string> all;
  for (const auto& message : consumer.take_rest(30s)) {
    const auto name = message.value ? nlohmann::json::parse(*message.value).at("name").get<std::string>() : "";
    all.push_back(message.key.value_or("NULL") + "=" + name);
  }
  return all;
}

}  // namespace e2e
