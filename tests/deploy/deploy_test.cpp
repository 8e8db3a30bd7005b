#include "tests/architecture/shell.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>
#include <string>

using architecture::shell;
using architecture::TemporaryFolder;

namespace {

const std::filesystem::path source = test::source_folder;
const std::string program = test::relay_program;
constexpr auto python = "/usr/bin/python3";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool succeeds(const std::string& command) {
  return shell(command).code == 0;
}

std::set<std::string> build_packages() {
  std::istringstream lines(text_of(source / "deploy/build-packages"));
  return {std::istream_iterator<std::string>(lines), {}};
}

/// A checkout with the real try.sh in it, and programs that stand in for those it calls.
class Checkout {
 public:
  Checkout() {
    for (const auto* const name : {"deploy/try.sh", "deploy/build-packages"}) put(name, text_of(source / name));
    stub("dpkg-query", "echo installed");
    stub("cmake", "true");
    put("build/try/outbox-relay", "#!/bin/sh\necho \"relay $*\"\n");
  }

  void stub(const std::string& name, const std::string& body) const { put("bin/" + name, "#!/bin/sh\n" + body + "\n"); }

  [[nodiscard]] architecture::Outcome try_it() const {
    return shell("PATH=" + (folder_.path() / "bin").string() + ":/usr/bin:/bin " + (folder_.path() / "deploy/try.sh").string());
  }

 private:
  void put(const std::string& name, const std::string& text) const {
    std::filesystem::permissions(folder_.write(name, text), std::filesystem::perms::owner_all);
  }

  TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("the Kubernetes examples name commands, options and variables that the relay knows, and never run two relays at once") {
  if (!succeeds(std::string(python) + " -c 'import yaml'")) SKIP("python3-yaml is not installed");
  const auto outcome = shell(std::string(python) + " " + (source / "tests/deploy/manifests.py").string() + " " + program + " " +
                             (source / "deploy/kubernetes").string() + "/*.yaml");
  CHECK(outcome.output.empty());
  CHECK(outcome.code == 0);
}

TEST_CASE("systemd finds nothing wrong with the units") {
  if (!succeeds("command -v systemd-analyze")) SKIP("systemd is not installed");
  const TemporaryFolder units;
  const std::regex installed("/usr/local/bin/outbox-relay");
  for (const auto& unit : std::filesystem::directory_iterator(source / "deploy/systemd")) {
    REQUIRE(std::regex_search(text_of(unit), installed) == (unit.path().extension() == ".service"));
    static_cast<void>(units.write(unit.path().filename().string(), std::regex_replace(text_of(unit), installed, program)));
  }
  const auto outcome = shell("systemd-analyze verify " + units.path().string() + "/*");
  CHECK(outcome.output.empty());
  CHECK(outcome.code == 0);
}

TEST_CASE("the commands in the units are ones that the relay knows") {
  for (const auto& unit : std::filesystem::directory_iterator(source / "deploy/systemd")) {
    if (unit.path().extension() != ".service") continue;
    const auto text = text_of(unit);
    std::smatch command;
    REQUIRE(
        std::regex_search(text, command, std::regex("ExecStart=/usr/local/bin/outbox-relay ([a-z-]+)(( --[^ \n]+)*) --config=")));
    CHECK(shell(program + " help " + command[1].str()).code == 0);
    const auto accepted = shell(program + " print-config" + command[2].str());
    CHECK(accepted.output.find("unknown option") == std::string::npos);
    CHECK(accepted.code == 0);
  }
}

TEST_CASE("every package that CMake can ask for is among those that try.sh and the image install") {
  const auto text = text_of(source / "CMakeLists.txt");
  const std::regex asked(R"(\nneed_\w+\([^\n)]*?([a-z0-9.+-]+-dev)\b|apt-get install ([a-z0-9.+-]+)\")");
  std::size_t found = 0;
  for (std::sregex_iterator ask(text.begin(), text.end(), asked), end; ask != end; ++ask, ++found) {
    const auto package = (*ask)[1].matched ? (*ask)[1].str() : (*ask)[2].str();
    CAPTURE(package);
    CHECK(build_packages().contains(package));
  }
  CHECK(found > 10);
  CHECK(text_of(source / "deploy/image/Dockerfile").find("COPY deploy/build-packages") != std::string::npos);
}

TEST_CASE("the packages of the program's libraries can be told from the program, as the image does") {
  const auto dockerfile = text_of(source / "deploy/image/Dockerfile");
  const auto begin = dockerfile.find("ldd ");
  const auto end = dockerfile.find(" >/runtime-packages");
  REQUIRE(end < dockerfile.size());
  auto command = std::regex_replace(dockerfile.substr(begin, end - begin), std::regex("/usr/local/bin/outbox-relay"), program);
  const auto packages = shell(command).output;
  CHECK(packages.find("librdkafka1") != std::string::npos);
  CHECK(packages.find("libpq5") != std::string::npos);
}

TEST_CASE("try.sh installs only what is missing") {
  const Checkout checkout;
  checkout.stub("dpkg-query", "case \"$*\" in *libpq-dev) exit 1;; esac; echo installed");
  checkout.stub("id", "echo 0");
  checkout.stub("apt-get", "true");
  const auto outcome = checkout.try_it();
  CHECK(outcome.code == 0);
  CHECK(outcome.output.find("Installing libpq-dev\n") != std::string::npos);
}

TEST_CASE("try.sh asks for nothing when all is there, runs the demo and tells how to go on") {
  const Checkout checkout;
  checkout.stub("apt-get", "echo must not be called; exit 1");
  const auto outcome = checkout.try_it();
  CHECK(outcome.code == 0);
  CHECK(outcome.output.find("relay demo\n") != std::string::npos);
  CHECK(outcome.output.find("README.md sets it up with your own database") != std::string::npos);
}

TEST_CASE("try.sh says what failed when it may not install") {
  const Checkout checkout;
  checkout.stub("dpkg-query", "exit 1");
  checkout.stub("apt-get", "true");
  checkout.stub("id", "echo 1000");
  checkout.stub("sudo", "exit 1");
  const auto outcome = checkout.try_it();
  CHECK(outcome.code == 1);
  CHECK(outcome.output.find("try.sh: \"as_root apt-get update\" failed") != std::string::npos);
}

TEST_CASE("try.sh shows the end of a build that failed, and runs no demo") {
  const Checkout checkout;
  checkout.stub("cmake", "echo the compiler is unhappy; exit 2");
  const auto outcome = checkout.try_it();
  CHECK(outcome.code == 1);
  CHECK(outcome.output.find("the compiler is unhappy\n") != std::string::npos);
  CHECK(outcome.output.find("failed; all it said is in build/try/try.log") != std::string::npos);
  CHECK(outcome.output.find("relay demo") == std::string::npos);
}
