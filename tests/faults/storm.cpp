#include "tests/faults/storm.hpp"

#include "relay/core/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace faults {
namespace {

using namespace std::chrono_literals;

constexpr std::array names{std::pair{Fault::kill, "kill"},           std::pair{Fault::freeze, "freeze"},
                           std::pair{Fault::terminate, "terminate"}, std::pair{Fault::sessions, "sessions"},
                           std::pair{Fault::writers, "writers"},     std::pair{Fault::broker, "broker"},
                           std::pair{Fault::database, "database"}};

constexpr int longest_freeze_ms = 5000;

bool is_of_a_server(Fault fault) {
  return fault == Fault::broker || fault == Fault::database;
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set: source the env file of servers.sh");
  return value;
}

/// Two tortures at a time share one broker: it is bounced by one of them at a time.
void bounce(const std::string& server, std::chrono::milliseconds down) {
  const auto script = variable("OUTBOX_RELAY_TEST_SERVERS");
  const auto pause = std::to_string(down.count() / 1000) + "." + std::to_string(down.count() % 1000 / 100);
  const auto line = "flock --close " + variable("OUTBOX_RELAY_TEST_DIR") + "/storm.lock sh -c '" + script + " kill " + server +
                    " && sleep " + pause + "; " + script + " start " + server + "' >/dev/null";
  if (std::system(line.c_str()) != 0) throw std::runtime_error(line + " failed");  // NOLINT(cert-env33-c,concurrency-mt-unsafe)
}

}  // namespace

std::string_view name_of(Fault fault) {
  return std::ranges::find(names, fault, [](const auto& entry) { return entry.first; })->second;
}

Fault fault_named(std::string_view name) {
  const auto* const found = std::ranges::find(names, name, [](const auto& entry) { return std::string_view(entry.second); });
  if (found != names.end()) return found->first;
  std::string all;
  for (const auto& entry : names) all += std::string(all.empty() ? "" : ", ") + entry.second;
  throw std::invalid_argument("no fault is called \"" + std::string(name) + "\": there are " + all);
}

std::vector<Fault> usual_faults(const e2e::Server& server) {
  std::vector<Fault> faults{Fault::kill, Fault::freeze, Fault::terminate, Fault::broker};
  if (words_of(server).kills_sessions) faults.insert(faults.end(), {Fault::sessions, Fault::writers});
  return faults;
}

Storm::Storm(const e2e::Shop& shop, std::string login, Application& application, Fleet& fleet, const std::vector<Fault>& faults,
             std::uint32_t seed)
    : shop_(shop), login_(std::move(login)), application_(application), fleet_(fleet), random_(seed), server_random_(seed + 1) {
  for (const auto fault : faults) (is_of_a_server(fault) ? server_faults_ : faults_).push_back(fault);
}

void Storm::rage(std::chrono::seconds time, std::size_t relays) {
  const auto end = Fleet::Clock::now() + time;
  std::jthread beside([this](const std::stop_token& stop) {
    try {
      strike_servers(stop);
    } catch (...) {
      trouble_ = std::current_exception();
    }
  });
  fleet_.grow(1);
  while (Fleet::Clock::now() < end) {
    if (Fleet::Clock::now() > end - time / 2) fleet_.grow(relays);
    const auto next = std::min(Fleet::Clock::now() + 100ms + upto(900), end);
    while (Fleet::Clock::now() < next) {
      fleet_.tend();
      std::this_thread::sleep_for(20ms);
    }
    if (!faults_.empty()) strike();
  }
  beside.request_stop();
  beside.join();
  if (trouble_) std::rethrow_exception(trouble_);
  fleet_.settle_down();
}

void Storm::strike() {
  const auto fault = faults_[static_cast<std::size_t>(draw(static_cast<int>(faults_.size())))];
  const auto relay = static_cast<std::size_t>(draw(static_cast<int>(fleet_.size())));
  switch (fault) {
    case Fault::kill:
      fleet_.kill(relay, upto(1000));
      break;
    case Fault::freeze:
      fleet_.freeze(relay, upto(draw(4) == 0 ? longest_freeze_ms : 500));
      break;
    case Fault::terminate:
      fleet_.terminate(relay);
      break;
    case Fault::sessions:
    case Fault::writers:
      end_sessions(fault);
      break;
    case Fault::broker:
    case Fault::database:
      return;
  }
  count(fault);
}

void Storm::end_sessions(Fault fault) {
  const bool all = draw(2) == 0;
  const auto dice = static_cast<std::size_t>(draw(1000));
  try {
    const auto admin = shop_.connect();
    if (fault == Fault::writers) return application_.end_writer(*admin, dice);
    const auto sessions = sessions_of(*admin, shop_.server(), login_);
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      if (all || i == dice % sessions.size()) end_session(*admin, shop_.server(), sessions[i]);
    }
  } catch (const db::DbError&) {
    return;  // the database is down itself
  }
}

void Storm::strike_servers(const std::stop_token& stop) {
  const auto some = [this](int below) { return std::uniform_int_distribution<int>(0, below - 1)(server_random_); };
  while (!server_faults_.empty() && relay::core::pause(std::chrono::milliseconds(3000 + some(7000)), stop)) {
    const auto fault = server_faults_[static_cast<std::size_t>(some(static_cast<int>(server_faults_.size())))];
    const auto down = std::chrono::milliseconds(some(3) == 0 ? some(5000) : some(500));
    const auto server = fault == Fault::broker ? std::string("kafka") : shop_.server().name;
    bounce(server, down);
    count(fault);
  }
}

void Storm::count(Fault fault) {
  const std::lock_guard lock(mutex_);
  ++counts_[fault];
}

}  // namespace faults
