#include "relay/cli/check.hpp"

#include "relay/cli/command.hpp"

namespace relay::cli {

int check(const config::Settings& settings, std::ostream& out) {
  Findings findings(out);
  const bool polls = settings.polling.mode == config::SourceMode::table;
  check_kafka(settings, polls ? check_tables(settings, findings) : check_database(settings, findings), findings);
  if (findings.misconfigured()) return bad_config;
  return findings.something_down() ? try_again : ok;
}

}  // namespace relay::cli
