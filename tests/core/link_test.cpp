#include "relay/core/link.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace {

struct NoDriver : db::Driver {
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override { return nullptr; }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { throw std::logic_error("no session"); }
};

struct IdleSession : db::Session {
  db::ResultSet run(const db::Statement& /*statement*/, std::span<const db::Parameter> /*parameters*/,
                    std::size_t /*max_bytes*/) override {
    return db::ResultSet(0);
  }
  void begin_snapshot() override {}
  void begin() override {}
  void commit() override {}
  void rollback() override {}
  [[nodiscard]] bool usable() const noexcept override { return true; }
  [[nodiscard]] const db::ServerFacts& facts() const noexcept override { return facts_; }
  void cancel() noexcept override {}

 private:
  db::ServerFacts facts_{.product = "a database", .tls = {}};
};

struct IdleDriver : db::Driver {
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override {
    return std::make_unique<IdleSession>();
  }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { return dialect_; }

 private:
  db::Dialect dialect_;
};

/// What is told while work meets three times what another transaction has locked, and how many sessions that took.
std::pair<std::vector<relay::core::LinkChange>, int> told_of_locks(std::chrono::milliseconds patience) {
  std::vector<relay::core::LinkChange> told;
  int sessions = 0;
  relay::core::Link link(
      {std::make_shared<IdleDriver>(), [] { return db::Target{}; }},
      [&](db::Session& /*session*/, const db::Dialect& /*dialect*/) { ++sessions; },
      [&](const relay::core::LinkChange& change) { told.push_back(change); }, patience);
  int locked = 3;
  CHECK(link.keep_trying({}, [&](db::Session& /*session*/) {
    if (locked-- > 0) throw db::DbError(db::Failure::lock_timeout, "55P03", "claim_forward: lock timeout");
  }));
  return {told, sessions};
}

/// Every attempt to connect meets this error.
class FailingDriver : public db::Driver {
 public:
  explicit FailingDriver(std::function<void()> fail) : fail_(std::move(fail)) {}
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override {
    fail_();
    return nullptr;
  }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { throw std::logic_error("no session"); }

 private:
  std::function<void()> fail_;
};

/// What is told of the first attempt.
relay::core::LinkChange told_of(const db::DbError& error) {
  const auto stop = std::make_unique<std::stop_source>();
  relay::core::LinkChange told;
  relay::core::Link link(
      {std::make_shared<FailingDriver>([error] { throw db::DbError(error); }), [] { return db::Target{}; }},
      [](db::Session& /*session*/, const db::Dialect& /*dialect*/) {},
      [&](const relay::core::LinkChange& change) {
        told = change;
        stop->request_stop();
      });
  CHECK_FALSE(link.keep_trying(stop->get_token(), [](db::Session& /*session*/) {}));
  return told;
}

}  // namespace

TEST_CASE(
    "only an error that names what has to be changed is a matter of configuration; one that nobody knows is told as lasting") {
  using db::Failure;
  const auto down = told_of({Failure::unreachable, "9001", "no server behind the proxy"});
  CHECK(down.why == "no server behind the proxy");
  CHECK_FALSE(down.misconfigured);
  CHECK_FALSE(down.lasting);
  const auto refused = told_of({Failure::credentials, "28P01", "wrong password"});
  CHECK(refused.why.find("; source.user and source.password") != std::string::npos);
  CHECK(refused.misconfigured);
  CHECK(refused.lasting);
  CHECK(told_of({Failure::trust, "2026", "no CA file"}).why.find("; source.tls (soci:") != std::string::npos);
  CHECK(told_of({Failure::credentials, "", "source.password-file: cannot read /x"}).why == "source.password-file: cannot read /x");
  const auto unknown = told_of({Failure::other, "XX000", "cache lookup failed"});
  CHECK_FALSE(unknown.misconfigured);
  CHECK(unknown.lasting);
}

TEST_CASE("whatever keeps a worker from its work is told, and does not end its thread") {
  auto stop = std::make_unique<std::stop_source>();
  relay::core::LinkChange told;
  relay::core::Link link(
      {std::make_shared<NoDriver>(), []() -> db::Target { throw std::invalid_argument("no such file"); }},
      [](db::Session& /*session*/, const db::Dialect& /*dialect*/) {},
      [&](const relay::core::LinkChange& change) {
        told = change;
        stop->request_stop();
      });
  CHECK_FALSE(link.keep_trying(stop->get_token(), [](db::Session& /*session*/) {}));
  CHECK(told.why == "no such file");
  CHECK(told.misconfigured);
}

TEST_CASE("what others lock for long is told as an outage, once, and its end too; the session stays") {
  const auto [told, sessions] = told_of_locks(std::chrono::milliseconds(0));
  CHECK(sessions == 1);
  REQUIRE(told.size() == 3);
  CHECK(told[0].up);
  CHECK_FALSE(told[1].up);
  CHECK(told[1].why == "another transaction locks what is needed: claim_forward: lock timeout");
  CHECK_FALSE(told[1].misconfigured);
  CHECK_FALSE(told[1].lasting);
  CHECK(told[2].up);
  CHECK(told[2].product == "a database");
}

TEST_CASE("what others lock for a moment is no outage") {
  const auto [told, sessions] = told_of_locks(std::chrono::hours(1));
  CHECK(sessions == 1);
  CHECK(told.size() == 1);
}
