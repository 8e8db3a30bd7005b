// The torture with parameters: tests/README.md.
#include "tests/faults/torture.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace {

constexpr std::string_view usage = R"(usage: torture [option ...]        exit code 0: every promise was kept
  --database NAME     postgres, mysql, mariadb (OUTBOX_RELAY_TEST_*: tests/support/servers.sh) or sqlite (default)
  --seconds N         how long faults happen (default: 60)
  --seed N            what is drawn (default: 1)
  --runs N            that many runs, with seeds counted up (default: 1)
  --relays N          relays in the second half of the time; one in the first (default: 3)
  --faults LIST       kill,freeze,terminate,sessions,writers,broker,database or none (default: all that the database knows, but database)
  --mark              rows are marked, not deleted
  --broken HOW        last-id or no-gaps: a relay that loses rows in place of the real one, to see that the books show it
  --relay OPTION      one more option for the relays, as on their command line; may stand there several times
)";

std::uint32_t number(std::string_view name, std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument(std::string(name) + " wants a number");
  return value;
}

e2e::Server server_named(std::string_view name) {
  for (auto& server : e2e::servers()) {
    if (server.name == name) return server;
  }
  throw std::invalid_argument("no " + std::string(name) + ": start it with tests/support/servers.sh and source its env file");
}

std::vector<faults::Fault> faults_in(std::string_view list) {
  std::vector<faults::Fault> faults;
  while (list != "none" && !list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    faults.push_back(faults::fault_named(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return faults;
}

faults::Broken broken(std::string_view how) {
  if (how == "last-id") return faults::Broken::last_id;
  if (how == "no-gaps") return faults::Broken::no_gaps;
  throw std::invalid_argument("--broken wants last-id or no-gaps");
}

struct CommandLine {
  faults::TortureSettings settings;
  std::uint32_t runs = 1;
};

CommandLine parse(const std::vector<std::string_view>& words) {
  CommandLine line;
  line.settings.server = server_named("sqlite");
  bool faults_given = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    if (word == "--mark") {
      line.settings.mark = true;
      continue;
    }
    if (i + 1 == words.size()) throw std::invalid_argument(std::string(word) + " is no option, or wants a value");
    const auto value = words[++i];
    if (word == "--database") {
      line.settings.server = server_named(value);
    } else if (word == "--seconds") {
      line.settings.time = std::chrono::seconds(number(word, value));
    } else if (word == "--seed") {
      line.settings.seed = number(word, value);
    } else if (word == "--runs") {
      line.runs = number(word, value);
    } else if (word == "--relays") {
      line.settings.relays = number(word, value);
    } else if (word == "--faults") {
      faults_given = true;
      line.settings.faults = faults_in(value);
    } else if (word == "--broken") {
      line.settings.broken = broken(value);
    } else if (word == "--relay") {
      line.settings.options.emplace_back(value);
    } else {
      throw std::invalid_argument(std::string(word) + " is no option");
    }
  }
  if (!faults_given) line.settings.faults = faults::usual_faults(line.settings.server);
  return line;
}

/// @return whether every promise was kept
bool run(const faults::TortureSettings& settings) {
  const auto verdict = faults::torture(settings);
  std::cout << (verdict.complaints.empty() ? "kept: " : "BROKEN: ") << verdict.figures << std::endl;
  for (const auto& complaint : verdict.complaints) std::cout << "  " << complaint << std::endl;
  std::cerr << verdict.logs;
  return verdict.complaints.empty();
}

}  // namespace

int main(int count, char** words) {
  try {
    auto line = parse({words + 1, words + count});
    bool kept = true;
    for (std::uint32_t i = 0; i < line.runs; ++i) {
      kept = run(line.settings) && kept;
      ++line.settings.seed;
    }
    return kept ? 0 : 1;
  } catch (const std::invalid_argument& error) {
    std::cerr << error.what() << '\n' << usage;
    return 64;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 75;
  }
}
