#pragma once

#include "relay/domain/fault.hpp"

#include <string_view>

#include <librdkafka/rdkafka.h>

namespace relay::kafka {

/// Whose fault an error is, with a reason that names the topic and the cure.
/// What is not known as a row's or a topic's fault is nobody's: wait and go on.
/// A row's fault accuses a whole batch: brokers do not say which of its messages they refuse (guarantees.md).
[[nodiscard]] Fault fault_of(rd_kafka_resp_err_t error, std::string_view topic);
/// Its reason, without the topic.
[[nodiscard]] std::string reason_of(rd_kafka_resp_err_t error);

/// What to do about it; empty: nothing is known.
[[nodiscard]] std::string_view cure_of(rd_kafka_resp_err_t error);
/// The same where no broker answers; begins with `; `.
inline constexpr std::string_view cure_of_silence =
    "; are they up, are they the right ones (kafka.bootstrap.servers), and do their listeners fit kafka.security.protocol?";

}  // namespace relay::kafka
