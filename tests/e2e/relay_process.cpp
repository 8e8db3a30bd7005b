#include "tests/e2e/relay_process.hpp"

#include "tests/support/paths.hpp"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <fcntl.h>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <utility>

namespace e2e {
namespace {

std::filesystem::path fresh_log() {
  auto name = (std::filesystem::temp_directory_path() / "outbox-relay-log-XXXXXX").string();
  const int file = ::mkstemp(name.data());
  if (file < 0) throw std::runtime_error("no temporary file");
  ::close(file);
  return name;
}

/// Only what the test says counts, not what the machine's environment says.
std::vector<char*> clean_environment() {
  std::vector<char*> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("OUTBOX_RELAY_")) kept.push_back(*entry);
  }
  kept.push_back(nullptr);
  return kept;
}

bool has(std::uint64_t signals, int number) {
  return (signals >> static_cast<unsigned>(number - 1) & 1U) != 0;
}

}  // namespace

RelayProcess::RelayProcess(std::vector<std::string> arguments) : log_(fresh_log()) {
  arguments.insert(arguments.begin(), test::relay_program);
  std::vector<char*> words;
  for (auto& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, log_.c_str(), O_WRONLY | O_APPEND, 0);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  const int error = posix_spawn(&pid_, test::relay_program, &files, nullptr, words.data(), clean_environment().data());
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) throw std::system_error(error, std::generic_category(), test::relay_program);
}

RelayProcess::~RelayProcess() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove(log_, ignored);
}

void RelayProcess::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

std::uint64_t RelayProcess::signals(const std::string& line) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (status >> word && word != line) continue;
  std::uint64_t set = 0;
  status >> std::hex >> set;
  return set;
}

// What is blocked, a thread of it waits for. Kafka's library blocks all signals for a moment, and does so before as well.
bool RelayProcess::heeds_signals() const {
  const auto blocked = signals("SigBlk:");
  return has(blocked, SIGTERM) && !has(blocked, SIGALRM);
}

bool RelayProcess::has_noticed(int number) const {
  return !has(signals("ShdPnd:"), number);
}

std::optional<int> RelayProcess::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string RelayProcess::output() const {
  std::ostringstream text;
  text << std::ifstream(log_).rdbuf();
  return text.str();
}

std::chrono::nanoseconds RelayProcess::processor_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) throw std::runtime_error("it does not run");
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::vector<std::string> relaying(const std::string& command, const Shop& shop, const std::vector<std::string>& more) {
  std::vector<std::string> words{command,
                                 "--source.url=" + shop.url(),
                                 "--outbox.table=" + shop.table(),
                                 std::string("--outbox.dispose=") + (shop.mark() ? "mark" : "delete"),
                                 "--lease.name=" + shop.table(),
                                 "--kafka.bootstrap.servers=" + kafka(),
                                 "--http.listen="};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<std::string> at_kafka(std::vector<std::string> words, const std::string& bootstrap_servers) {
  const std::string option = "--kafka.bootstrap.servers=";
  const auto word = std::ranges::find_if(words, [&](const auto& text) { return text.starts_with(option); });
  if (word == words.end()) throw std::logic_error("these words name no Kafka");
  *word = option + bootstrap_servers;
  return words;
}

Ran run(std::vector<std::string> arguments) {
  RelayProcess process(std::move(arguments));
  const auto code = process.wait(std::chrono::minutes(1));
  if (!code) throw std::runtime_error("it does not end: " + process.output());
  return {*code, process.output()};
}

Ran run_beside(const Shop& shop, const std::vector<std::string>& arguments) {
  constexpr int not_now = 75;
  auto ran = run(arguments);
  for (int tries = 1; ran.code == not_now && shop.server().name == "sqlite" && tries < 20; ++tries) ran = run(arguments);
  return ran;
}

}  // namespace e2e
