#include "tests/faults/forwarding_driver.hpp"

#include <utility>

namespace faults {
namespace {

class ForwardingSession final : public db::Session {
 public:
  ForwardingSession(std::unique_ptr<db::Session> session, std::shared_ptr<const Interference> interference)
      : session_(std::move(session)), interference_(std::move(interference)) {}

  db::ResultSet run(const db::Statement& statement, std::span<const db::Parameter> parameters, std::size_t max_bytes) override {
    return guarded(statement.name, [&] { return session_->run(statement, parameters, max_bytes); });
  }
  void begin_snapshot() override {
    guarded("begin", [&] { return session_->begin_snapshot(), db::ResultSet(); });
  }
  void begin() override {
    guarded("begin", [&] { return session_->begin(), db::ResultSet(); });
  }
  void commit() override {
    guarded("commit", [&] { return session_->commit(), db::ResultSet(); });
  }
  void rollback() override {
    guarded("rollback", [&] { return session_->rollback(), db::ResultSet(); });
  }
  [[nodiscard]] bool usable() const noexcept override { return !broken_ && session_->usable(); }
  [[nodiscard]] const db::ServerFacts& facts() const noexcept override { return session_->facts(); }
  void cancel() noexcept override { session_->cancel(); }
  [[nodiscard]] db::Wakeup* wakeup() noexcept override { return session_->wakeup(); }

  [[nodiscard]] const db::Session& inner() const { return *session_; }

 private:
  db::ResultSet guarded(std::string_view name, const std::function<db::ResultSet()>& proceed) {
    if (broken_) throw db::DbError(db::Failure::connection_lost, "", "this session was lost before");
    try {
      return interference_->running(name, proceed);
    } catch (const db::DbError& error) {
      broken_ = broken_ || error.connection_lost();
      throw;
    }
  }

  std::unique_ptr<db::Session> session_;
  std::shared_ptr<const Interference> interference_;
  bool broken_ = false;
};

class ForwardingDriver final : public db::Driver {
 public:
  ForwardingDriver(std::shared_ptr<const db::Driver> driver, Interference interference)
      : driver_(std::move(driver)), interference_(std::make_shared<const Interference>(std::move(interference))) {}

  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& target) const override {
    interference_->connecting();
    return std::make_unique<ForwardingSession>(driver_->connect(target), interference_);
  }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& session) const override {
    return driver_->dialect(dynamic_cast<const ForwardingSession&>(session).inner());
  }

 private:
  std::shared_ptr<const db::Driver> driver_;
  std::shared_ptr<const Interference> interference_;
};

}  // namespace

std::shared_ptr<const db::Driver> forwarding_driver(std::shared_ptr<const db::Driver> driver, Interference interference) {
  return std::make_shared<ForwardingDriver>(std::move(driver), std::move(interference));
}

}  // namespace faults
