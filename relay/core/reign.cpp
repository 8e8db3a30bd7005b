#include "relay/core/reign.hpp"

#include "relay/core/boot_clock.hpp"

#include <algorithm>
#include <utility>

namespace relay::core {
namespace {

constexpr std::chrono::seconds release_patience{1};

}  // namespace

Reign::Reign(LeaseShape lease, const Database& database, const std::string& outbox, Inbox& inbox) : lease_(std::move(lease)) {
  if (lease_.enabled) {
    worker_.emplace(database, outbox, lease_, inbox);
  } else {
    token_ = 0;
  }
}

Reign::Change Reign::look() {
  if (!worker_) return Change::none;
  const bool lasts = heard_.term && heard_.term->lasts(boot_now());
  const auto token = lasts ? std::optional(heard_.token) : std::nullopt;
  if (token == token_) return Change::none;
  if (token_) {
    token_.reset();
    return Change::ended;
  }
  token_ = token;
  return Change::begun;
}

void Reign::end() {
  heard_ = {};
  token_.reset();
}

void Reign::remember_drawn_ahead() {
  if (worker_) worker_->remember_drawn_ahead();
}

bool Reign::release() {
  if (worker_) worker_->release();
  return worker_.has_value();
}

Instant Reign::release_by(Instant flushed_by, Instant asked) const noexcept {
  return (trouble_.empty() ? std::max(flushed_by, asked) : asked) + release_patience;
}

}  // namespace relay::core
