#pragma once

#include "relay/kafka/producer.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/script.hpp"

#include <memory>

namespace faults {

/// A database and producers that do what they are asked for, but for what the script says.
[[nodiscard]] std::shared_ptr<const db::Driver> failing_driver(std::shared_ptr<const db::Driver> driver,
                                                               const std::shared_ptr<Script>& script);
[[nodiscard]] std::unique_ptr<relay::kafka::Producer> failing_producer(std::unique_ptr<relay::kafka::Producer> producer,
                                                                       std::shared_ptr<Script> script);

}  // namespace faults
