#include "relay/core/reign.hpp"

#include "relay/core/boot_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace relay::core {
namespace {

constexpr std::chrono::seconds release_patience{1};  // of the two after shutdown.flush (issue 4)
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
  asked_to_release_ = std::chrono::steady_clock::now();
  if (worker_) worker_->release();
}

std::optional<Instant> Reign::releasing_until(Instant flushed_by) const {
  if (!worker_ || released_) return std::nullopt;
  const auto until = patience_ends(flushed_by);
  return std::chrono::steady_clock::now() < until ? std::optional(until) : std::nullopt;
}

Instant Reign::patience_ends(Instant flushed_by) const {
  const auto longest = std::max(flushed_by, asked_to_release_) + release_patience;
  if (!leads()) return connected_ ? std::min(asked_to_release_ + taking_patience, longest) : asked_to_release_;
  return trouble_.empty() ? longest : asked_to_release_ + release_patience;
}

}  // namespace relay::core
