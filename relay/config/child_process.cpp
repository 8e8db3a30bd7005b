#include "relay/config/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace relay::config {
namespace {

using Clock = std::chrono::steady_clock;

void check(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }
  [[nodiscard]] int number() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

/// Standard input, output and signals of the child: a process group of its own, so that all of it can be killed,
/// and no signal blocked, as the relay's own threads have them.
class Surroundings {
 public:
  explicit Surroundings(int output) {
    check(posix_spawn_file_actions_init(&actions_), "posix_spawn");
    check(posix_spawnattr_init(&attributes_), "posix_spawn");
    check(posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0), "posix_spawn");
    check(posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO), "posix_spawn");
    sigset_t none;
    sigemptyset(&none);
    check(posix_spawnattr_setsigmask(&attributes_, &none), "posix_spawn");
    check(posix_spawnattr_setpgroup(&attributes_, 0), "posix_spawn");
    check(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK), "posix_spawn");
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  ~Surroundings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] pid_t spawn(std::string command) const {
    std::string shell = "sh";
    std::string flag = "-c";
    std::array<char*, 4> arguments{shell.data(), flag.data(), command.data(), nullptr};
    pid_t child = 0;
    check(posix_spawn(&child, "/bin/sh", &actions_, &attributes_, arguments.data(), environ), "cannot start /bin/sh");
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Waits until there is something to read or the output has ended. False: the time is up.
bool readable(int descriptor, Clock::time_point end) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0) return false;
    pollfd wanted{descriptor, POLLIN, 0};
    const int ready = poll(&wanted, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
  }
}

/// @return false when the time was up before the output ended
bool read_all(int descriptor, Clock::time_point end, std::size_t most_bytes, std::string& output) {
  std::array<char, 4096> buffer{};
  while (readable(descriptor, end)) {
    const auto got = read(descriptor, buffer.data(), buffer.size());
    if (got == 0) return true;
    if (got < 0) throw std::system_error(errno, std::generic_category(), "read");
    output.append(buffer.data(), std::min(static_cast<std::size_t>(got), most_bytes - output.size()));
  }
  return false;
}

int reap(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Its output may end before it does. By syscall: the declaration in glibc 2.36 is of no use to C++.
bool ends_in_time(pid_t child, Clock::time_point end) {
  const FileDescriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  return readable(process.number(), end);
}

}  // namespace

Ended run_shell(const std::string& command, std::chrono::milliseconds limit, std::size_t most_bytes) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const auto deadline = Clock::now() + limit;
  const auto child = Surroundings(write_end.number()).spawn(command);
  write_end.close();

  Ended ended;
  ended.timed_out = !read_all(read_end.number(), deadline, most_bytes, ended.output) || !ends_in_time(child, deadline);
  if (ended.timed_out) kill(-child, SIGKILL);
  ended.exit_status = reap(child);
  return ended;
}

std::string secret_printed_by(const std::string& command, std::chrono::milliseconds limit) {
  constexpr std::size_t longest = 65536;
  Ended ended;
  try {
    ended = run_shell(command, limit, longest);
  } catch (const std::system_error& error) {
    throw NoSecret(std::string("could not be started: ") + error.what(), true);
  }
  if (ended.timed_out) throw NoSecret("took longer than " + std::to_string(limit.count()) + " ms", true);
  if (ended.exit_status == 126 || ended.exit_status == 127) throw NoSecret("cannot be run", false);
  if (ended.exit_status != 0) throw NoSecret("failed with exit status " + std::to_string(ended.exit_status), true);
  while (ended.output.ends_with('\n') || ended.output.ends_with('\r')) ended.output.pop_back();
  if (ended.output.empty()) throw NoSecret("printed nothing", false);
  return std::move(ended.output);
}

}  // namespace relay::config
