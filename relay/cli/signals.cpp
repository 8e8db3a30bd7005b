#include "relay/cli/signals.hpp"

#include <cstdlib>
#include <ctime>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigset_t and sigtimedwait are POSIX

namespace relay::cli {
namespace {

sigset_t taken() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

Signals::Signals() {
  const auto set = taken();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
}

Signals::~Signals() {
  thread_.request_stop();
}

void Signals::start(core::Doorbell& doorbell) {
  thread_ = std::jthread([this, &doorbell](const std::stop_token& end) { listen(end, doorbell); });
}

void Signals::listen(const std::stop_token& end, core::Doorbell& doorbell) {
  const auto set = taken();
  const timespec look_again{.tv_sec = 0, .tv_nsec = 100'000'000};
  while (!end.stop_requested()) {
    const int number = sigtimedwait(&set, nullptr, &look_again);
    if (number == SIGUSR1) doorbell.poke();
    if (number == SIGHUP) doorbell.renew();
    if (number != SIGTERM && number != SIGINT) continue;
    if (stop_.stop_requested()) std::_Exit(128 + number);
    stop_.request_stop();
  }
}

}  // namespace relay::cli
