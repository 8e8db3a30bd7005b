#include "relay/core/claim.hpp"
#include "tests/contract/every.hpp"
#include "tests/contract/sandbox.hpp"

using namespace contract;
using relay::ClaimOrder;

namespace {

/// The server is a reader while it lives, as after a switch-over by hand: who is connected stays connected.
class Reader {
 public:
  explicit Reader(Sandbox& sandbox) : sandbox_(sandbox) { run(sandbox.session(), sandbox.database().read_only_on); }
  ~Reader() { run(sandbox_.session(), sandbox_.database().read_only_off); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  Sandbox& sandbox_;
};

}  // namespace

TEST_CASE("a read-only server says so at connect") {
  FOR_EVERY_DATABASE(!it.read_only_on.empty());
  Sandbox sandbox(database);
  {
    const Reader reader(sandbox);
    CHECK(sandbox.connect()->facts().read_only);
  }
  CHECK_FALSE(sandbox.connect()->facts().read_only);
}

TEST_CASE("a sweep of an empty outbox finds out that its server has become a reader") {
  FOR_EVERY_DATABASE(it.name == "mysql" || it.name == "mariadb");
  Sandbox sandbox(database);
  const auto session = sandbox.connect();
  relay::core::OutboxShape shape;
  shape.table = sandbox.table("id " + database.id_column +
                              ", aggregate_type TEXT, aggregate_id TEXT, event_type TEXT, payload TEXT, created_at DATETIME(6)");
  const auto table = std::make_shared<const relay::core::OutboxTable>(relay::core::open_outbox(*session, sandbox.dialect(), shape));
  const auto sweep = [&] {
    return relay::core::claim(*session, table, {.kind = ClaimOrder::Kind::sweep, .row_limit = 10}, 1'000'000).rows.size();
  };
  CHECK(sweep() == 0);
  {
    const Reader reader(sandbox);
    CHECK(error_of([&] { (void)sweep(); }).failure() == db::Failure::read_only);
  }
  CHECK(sweep() == 0);
}
