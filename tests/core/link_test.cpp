#include "relay/core/link.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <stdexcept>

namespace {

struct NoDriver : db::Driver {
  [[nodiscard]] std::unique_ptr<db::Session> connect(const db::Target& /*target*/) const override { return nullptr; }
  [[nodiscard]] const db::Dialect& dialect(const db::Session& /*session*/) const override { throw std::logic_error("no session"); }
};

}  // namespace

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
