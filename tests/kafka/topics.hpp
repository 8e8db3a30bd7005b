#pragma once

#include <map>
#include <string>

namespace relay::kafka::tests {

/// Creates a topic on a real cluster and waits until the cluster knows it. @throws std::runtime_error
void create_topic(const std::string& bootstrap_servers, const std::string& name, int partitions,
                  const std::map<std::string, std::string>& config = {});

/// A name that no earlier run has used.
[[nodiscard]] std::string fresh_name(const std::string& stem);

}  // namespace relay::kafka::tests
