#include "relay/kafka/errors.hpp"

#include "tests/support/catch.hpp"

#include <string>

using relay::Blame;
using relay::kafka::fault_of;

TEST_CASE("what a broker refuses about a message is the row's fault") {
  for (const auto error : {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
                           RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP, RD_KAFKA_RESP_ERR_INVALID_MSG}) {
    CHECK(fault_of(error, "orders").blame == Blame::row);
  }
}

TEST_CASE("what a broker refuses about a topic is the topic's fault") {
  for (const auto error :
       {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_POLICY_VIOLATION}) {
    CHECK(fault_of(error, "orders").blame == Blame::topic);
  }
}

TEST_CASE("an outage and an error that nobody has heard of are nobody's fault") {
  for (const auto error :
       {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
        RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE,
        RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT,
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, static_cast<rd_kafka_resp_err_t>(250)}) {
    CHECK(fault_of(error, "orders").blame == Blame::nobody);
  }
}

TEST_CASE("the reason of a fault names the topic, the broker's words and the cure, in one line") {
  const std::string reason = fault_of(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "orders").reason;
  CHECK(reason.find("\"orders\"") != std::string::npos);
  CHECK(reason.find("MSG_SIZE_TOO_LARGE") != std::string::npos);
  CHECK(reason.find("max.message.bytes") != std::string::npos);
  CHECK(reason.find('\n') == std::string::npos);
}
