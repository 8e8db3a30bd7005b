#include "relay/core/reign.hpp"

#include "relay/core/boot_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace relay::core {
namespace {

constexpr std::chrono::seconds release_patience{1};
constexpr std::chrono::seconds taking_patience{3};

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

void Reign::take(const LeaseLink& link) {
  trouble_ = link.why;
  connected_ = link.up;
}

void Reign::end() {
  heard_ = {};
  token_.reset();
  released_ = true;
}

void Reign::remember_drawn_ahead() {
  if (worker_) worker_->remember_drawn_ahead();
}

void Reign::release() {
  if (worker_) worker_->release();
}

bool Reign::releasing(Instant flushed_by, Instant asked) const {
  if (!worker_ || released_) return false;
  if (!leads()) return connected_ && std::chrono::steady_clock::now() < asked + taking_patience;
  return std::chrono::steady_clock::now() < (trouble_.empty() ? std::max(flushed_by, asked) : asked) + release_patience;
}

}  // namespace relay::core
