#pragma once

#include "relay/kafka/producer.hpp"
#include "relay/kafka/settings.hpp"
#include "relay/kafka/token.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace relay::kafka {

/// Takes librdkafka's log lines: a syslog level (3 error, 4 warning, 5 and 6 information, 7 debug) and one line.
/// Called from librdkafka's threads, several at once; must not throw.
using LogLine = std::function<void(int level, std::string_view line)>;

/// A producer on librdkafka. Making one does not wait for a broker.
/// Destroying it drops what is still inside and takes a second at most: flush first.
/// @param tokens  for OAUTHBEARER; none: whatever else the settings say
/// @throws std::invalid_argument  see check_settings; files with secrets are read here
[[nodiscard]] std::unique_ptr<Producer> make_producer(const Settings& settings, LogLine log = {}, TokenSource tokens = {});

}  // namespace relay::kafka
