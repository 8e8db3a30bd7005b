#include "relay/cli/check.hpp"

#include "relay/cli/command.hpp"
#include "relay/cli/table_relaying.hpp"

namespace relay::cli {

int check(const config::Settings& settings, std::ostream& out) {
  require_outbox(settings, "check");
  Findings findings(out);
  check_kafka(settings, check_database(settings, findings), findings);
  if (findings.misconfigured()) return bad_config;
  return findings.something_down() ? try_again : ok;
}

}  // namespace relay::cli
