#include "relay/cli/command.hpp"
#include "relay/cli/relaying.hpp"

namespace relay::cli {

int drain(const config::Settings& settings, std::ostream& /*out*/) {
  return relay_until_done(settings, true);
}

}  // namespace relay::cli
