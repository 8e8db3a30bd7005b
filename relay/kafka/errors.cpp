#include "relay/kafka/errors.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace relay::kafka {

namespace {

struct Class {
  rd_kafka_resp_err_t error;
  Blame blame;
  const char* cure;
};

// Error codes: https://kafka.apache.org/protocol#protocol_error_codes; those with two underscores are librdkafka's own.
constexpr std::array classes{
    Class{RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Blame::row,
          "raise max.message.bytes of the topic (or kafka.message.max.bytes), or make the row smaller"},
    Class{RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE, Blame::row, "raise segment.bytes of the topic, or lower kafka.batch.size"},
    Class{RD_KAFKA_RESP_ERR_INVALID_RECORD, Blame::row,
          "the broker refuses the record: on a compacted topic every message needs a key (message.key)"},
    Class{RD_KAFKA_RESP_ERR_INVALID_MSG, Blame::row,
          "the broker refuses the record: on a compacted topic every message needs a key (message.key)"},
    Class{RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE, Blame::row, "the broker refuses the record's size"},
    Class{RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, Blame::row,
          "created_at is further from the broker's time than the topic allows (message.timestamp.*.max.ms); or set "
          "message.timestamp=now"},

    Class{RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Blame::topic, "create the topic, or let this user describe it"},
    Class{RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, Blame::topic, "create the topic, or let this user describe it"},
    Class{RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, Blame::topic, "the topic has lost partitions: was it created anew?"},
    Class{RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Blame::topic, "grant this user Write and Describe on the topic"},
    Class{RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, Blame::topic,
          "the broker does not allow writing to this topic: correct message.topic"},
    Class{RD_KAFKA_RESP_ERR_POLICY_VIOLATION, Blame::topic, "a policy of the cluster forbids it: ask its operator"},
    Class{RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, Blame::topic,
          "the topic keeps messages in a format without headers: set its message.format.version to 0.11 or later"},
    Class{RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, Blame::topic, "set kafka.compression.codec to one that the brokers know"},
    Class{RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, Blame::topic, "the topic does not take acks=all: ask the cluster's operator"},

    Class{RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, Blame::nobody, "grant this user IdempotentWrite on the cluster"},
    Class{RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Blame::nobody, "check kafka.sasl.*"},
    Class{RD_KAFKA_RESP_ERR__AUTHENTICATION, Blame::nobody, "check kafka.sasl.* and kafka.ssl.*"},
    Class{RD_KAFKA_RESP_ERR__SSL, Blame::nobody, "check kafka.security.protocol and kafka.ssl.*"},
    Class{RD_KAFKA_RESP_ERR__RESOLVE, Blame::nobody, "check the host names in kafka.bootstrap.servers"},
    Class{RD_KAFKA_RESP_ERR__FATAL, Blame::nobody,
          "an earlier message was refused; this one was not sent and follows with a new producer"},
    Class{RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE, Blame::nobody,
          "an earlier message was refused; this one was not sent and follows with a new producer"},
};

}  // namespace

std::string_view cure_of(rd_kafka_resp_err_t error) {
  const auto* const found = std::ranges::find(classes, error, &Class::error);
  return found == classes.end() ? std::string_view{} : found->cure;
}

std::string reason_of(rd_kafka_resp_err_t error) {
  const auto cure = cure_of(error);
  return std::string{rd_kafka_err2str(error)} + " (" + rd_kafka_err2name(error) + ")" + (cure.empty() ? "" : "; ") +
         std::string{cure};
}

Fault fault_of(rd_kafka_resp_err_t error, std::string_view topic) {
  const auto* const found = std::ranges::find(classes, error, &Class::error);
  const auto blame = found == classes.end() ? Blame::nobody : found->blame;
  return {blame, "topic \"" + std::string{topic} + "\": " + reason_of(error)};
}

}  // namespace relay::kafka
