#pragma once

#include "db_adapters/port/session.hpp"
#include "relay/domain/backoff.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>

namespace relay::core {

/// Which database, and with which secrets: asked anew for every connection (rotation, IAM tokens).
struct Database {
  std::shared_ptr<const db::Driver> driver;
  std::function<db::Target()> target;  ///< any thread  @throws std::runtime_error  a secret cannot be read
};

/// What became of a worker's connection; told once per change.
struct LinkChange {
  bool up = false;
  std::string product{};       ///< while up
  std::string why{};           ///< while down: one line
  bool misconfigured = false;  ///< the schema, a right or the credentials have to be changed first
  bool lasting = false;        ///< while down: waiting alone may not help
};

/// Waits. @return false: stopped
bool pause(std::chrono::milliseconds time, const std::stop_token& stop);

/// A worker's own session, connected when needed and again after every loss. One thread.
class Link {
 public:
  using Open = std::function<void(db::Session&, const db::Dialect&)>;
  using Work = std::function<void(db::Session&)>;

  /// @param open           called with every new session, before any work; what it throws refuses the session
  /// @param lock_patience  so long work may meet what others have locked before that is told as an outage
  Link(Database database, Open open, std::function<void(const LinkChange&)> tell,
       std::chrono::milliseconds lock_patience = std::chrono::seconds(10))
      : database_(std::move(database)), open_(std::move(open)), tell_(std::move(tell)), lock_patience_(lock_patience) {}

  /// Does the work, connecting first and trying again until it succeeds; an outage waits with back-off (P4).
  /// A stop cancels the running statement. @return false: stopped before the work was done
  bool keep_trying(const std::stop_token& stop, const Work& work);

  /// None while not connected.
  [[nodiscard]] db::Session* session() noexcept { return session_.get(); }
  void drop(const std::string& why);

 private:
  void connect();
  void tell(LinkChange change);
  std::chrono::milliseconds failed(LinkChange change);
  std::chrono::milliseconds failed(const db::DbError& error);
  std::chrono::milliseconds met_lock(const db::DbError& error);
  void succeeded();

  Database database_;
  Open open_;
  std::function<void(const LinkChange&)> tell_;
  std::chrono::milliseconds lock_patience_;
  std::optional<std::chrono::steady_clock::time_point> locked_since_;
  std::unique_ptr<db::Session> session_;
  LinkChange last_told_;
  Backoff outage_{std::chrono::milliseconds(100), std::chrono::seconds(5)};
  Backoff seldom_{std::chrono::seconds(1), std::chrono::minutes(1)};  // a wrong password wakes a sleeping server: seldom
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace relay::core
