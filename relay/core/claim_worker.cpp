#include "relay/core/claim_worker.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <utility>

namespace relay::core {

ClaimWorker::ClaimWorker(Database database, OutboxShape shape, Limits limits, std::string wake_channel, Inbox& inbox,
                         Observer& observer)
    : limits_(limits),
      rows_that_fit_(limits.rows),
      inbox_(inbox),
      observer_(observer),
      connection_(std::move(database), std::move(shape),
                  [this](const LinkChange& change) { inbox_.put(ClaimLink{change}, stop_.get_token()); }) {
  if (!wake_channel.empty()) {
    connection_.on_connect([channel = std::move(wake_channel)](db::Session& session) {
      if (auto* wakeup = session.wakeup()) wakeup->listen(channel);
    });
  }
  thread_ = std::jthread([this] { work(stop_.get_token()); });
}

void ClaimWorker::work(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { bell_.ring(); });
  while (!stop.stop_requested()) {
    auto order = orders_.try_take();
    if (!order) {
      connection_.keep_trying(stop, [](auto&, const auto&) {});  // a relay that stands by gets no orders, and is to be ready
      wait_for_orders(stop);
      continue;
    }
    Claim claimed;
    const bool done = connection_.keep_trying(stop, [&](db::Session& session, const auto& table) {
      const auto begin = std::chrono::steady_clock::now();
      claimed = carry_out(session, table, *order);
      observer_.claimed(claimed.rows.size(), std::chrono::steady_clock::now() - begin);
    });
    if (done) inbox_.put(std::move(claimed), stop);
  }
}

void ClaimWorker::wait_for_orders(const std::stop_token& stop) {
  take_notifications(stop);  // some may have come with the last claim's reply: the socket shows them no more
  auto* session = connection_.session();
  if (session == nullptr) return;
  auto* wakeup = session->wakeup();
  std::array<pollfd, 2> waiting{pollfd{bell_.fd(), POLLIN, 0}, pollfd{wakeup != nullptr ? wakeup->fd() : -1, POLLIN, 0}};
  ::poll(waiting.data(), waiting.size(), -1);
  bell_.silence();
  if (waiting[1].revents != 0) take_notifications(stop);
}

void ClaimWorker::take_notifications(const std::stop_token& stop) {
  auto* session = connection_.session();
  auto* wakeup = session != nullptr ? session->wakeup() : nullptr;
  if (wakeup == nullptr) return;
  try {
    if (wakeup->take()) inbox_.put(Notified{}, stop);
  } catch (const db::DbError& error) {
    connection_.drop(error.what());
  }
}

Claim ClaimWorker::carry_out(db::Session& session, const std::shared_ptr<const OutboxTable>& table, ClaimOrder order) {
  const bool probe = order.kind == ClaimOrder::Kind::ids;
  const auto wanted = order.row_limit;
  while (true) {
    order.row_limit = probe ? wanted : std::min(wanted, rows_that_fit_);
    try {
      auto claimed = claim(session, table, order, limits_.bytes);
      if (claimed.bytes < limits_.bytes / 2) rows_that_fit_ = std::min(limits_.rows, rows_that_fit_ * 2);
      return claimed;
    } catch (const db::DbError& error) {
      if (error.failure() != db::Failure::too_large) throw;
      rows_that_fit_ = std::max<std::size_t>(1, rows_that_fit_ / 4);
      if (!session.usable()) throw;
    }
  }
}

}  // namespace relay::core
