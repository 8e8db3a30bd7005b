#pragma once

#include <map>
#include <string>

namespace relay::kafka {

/// librdkafka properties by their own names, as the user set them (the part behind `kafka.`).
using Settings = std::map<std::string, std::string, std::less<>>;

}  // namespace relay::kafka
