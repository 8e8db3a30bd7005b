#include "relay/core/lease_worker.hpp"

#include "relay/core/boot_clock.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace relay::core {
namespace {

/// While somebody locks the lease's row nobody has it, which is told by what comes of it: this connection is sound.
constexpr std::chrono::hours any_lock{24 * 365};

/// Nobody else ever has this name: `host/4711/9f3a21c0`.
std::string own_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  std::ostringstream name;
  name << host.data() << '/' << ::getpid() << '/' << std::hex << std::random_device{}();
  return name.str();
}

/// A connection that hangs is noticed in time for another one to renew the lease.
Database impatient(Database database, std::chrono::milliseconds ttl) {
  const auto limit = std::max<std::chrono::milliseconds>(std::chrono::seconds(1), renew_after(ttl) / 2);
  return {.driver = std::move(database.driver), .target = [target = std::move(database.target), limit] {
            auto now = target();
            now.statement_timeout = std::min(now.statement_timeout, limit);
            return now;
          }};
}

}  // namespace

LeaseWorker::LeaseWorker(Database database, std::string outbox, LeaseShape lease, Inbox& inbox)
    : lease_(std::move(lease)),
      holder_(own_name()),
      inbox_(inbox),
      link_(
          impatient(std::move(database), lease_.ttl),
          [this, outbox = std::move(outbox)](db::Session& session, const db::Dialect& dialect) {
            table_ = open_lease(session, dialect, outbox, lease_.name);
          },
          [this](const LinkChange& change) { inbox_.put(LeaseLink{change}, stop_.get_token()); }, any_lock),
      thread_([this] { work(); }) {}

LeaseWorker::~LeaseWorker() {
  leaving_.request_stop();
  stop_.request_stop();
}

void LeaseWorker::work() {
  while (!leaving_.stop_requested()) {
    std::optional<LeaseSeen> seen;
    const auto look = [&](db::Session& session) {
      if (!leaving_.stop_requested()) seen = ask(session);  // who leaves must not take it any more
    };
    if (!link_.keep_trying(stop_.get_token(), look)) return;
    if (!seen) break;
    token_ = seen->term ? std::optional(seen->token) : std::nullopt;
    const auto wait = token_ ? renew_after(lease_.ttl) : ask_again_after(lease_.ttl, seen->left);
    inbox_.put(std::move(*seen), stop_.get_token());
    pause(wait, leaving_.get_token());
  }
  give_back();
}

LeaseSeen LeaseWorker::ask(db::Session& session) {
  const auto sent_at = boot_now();
  const auto row = table_->ask(session, holder_, lease_.ttl);
  if (!row) return {};
  if (to_remember_) {
    table_->remember_drawn_ahead(session);
    to_remember_ = false;
  }
  const bool taken = row->is_of(holder_) && !token_;
  if (taken) drawn_ahead_ = table_->knows_drawn_ahead(session);
  LeaseSeen seen{.holder = row->holder, .token = row->token, .left = row->left, .term = {}, .drawn_ahead = drawn_ahead_};
  if (row->is_of(holder_)) seen.term.emplace(sent_at, lease_.ttl);
  return seen;
}

void LeaseWorker::give_back() {
  if (token_) {
    link_.keep_trying(stop_.get_token(), [this](db::Session& session) { table_->release(session, holder_, *token_); });
  }
  inbox_.put(LeaseReleased{}, stop_.get_token());
}

}  // namespace relay::core
