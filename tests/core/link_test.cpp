#include "relay/core/link.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <stdexcept>

namespace {

struct NoDriver : db::Driver {
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override { return nullptr; }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { throw std::logic_error("no session"); }
};

/// Every attempt to connect meets this error.
class FailingDriver : public db::Driver {
 public:
  explicit FailingDriver(db::DbError error) : error_(std::move(error)) {}
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override { throw db::DbError(error_); }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { throw std::logic_error("no session"); }

 private:
  db::DbError error_;
};

/// What is told of the first attempt.
relay::core::LinkChange told_of(const db::DbError& error) {
  const auto stop = std::make_unique<std::stop_source>();
  relay::core::LinkChange told;
  relay::core::Link link(
      {std::make_shared<FailingDriver>(error), [] { return db::Target{}; }},
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
  CHECK(refused.misconfigured);
  CHECK(refused.lasting);
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
