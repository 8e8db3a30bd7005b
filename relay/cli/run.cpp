#include "relay/cli/command.hpp"
#include "relay/cli/relaying.hpp"

namespace relay::cli {

int run(const config::Settings& settings, std::ostream& /*out*/) {
  return relay_until_done(settings, false);
}

}  // namespace relay::cli
