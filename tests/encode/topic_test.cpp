#include "tests/encode/sample.hpp"
#include "tests/support/catch.hpp"

using namespace relay;
using namespace relay::encode;
using tests::order;
using tests::order_with;
using tests::says;

namespace {

std::string topic(const std::string& text, const std::vector<Cell>& cells = order()) {
  MessageShape shape;
  shape.topic = text;
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  return std::string{std::get<Message>(encoder->encode({1, cells})).topic};
}

std::string refused(const std::string& text) {
  MessageShape shape;
  shape.topic = text;
  return tests::refusal(shape);
}

}  // namespace

TEST_CASE("a topic is a constant, a column, or text around columns") {
  CHECK(topic("all-events") == "all-events");
  CHECK(topic("{aggregate_type}") == "orders");
  CHECK(topic("events.{aggregate_type}.v1") == "events.orders.v1");
  CHECK(topic("{aggregate_type}.{event_type}") == "orders.OrderPlaced");
  CHECK(topic("{aggregate_type}{id}") == "orders1");
}

TEST_CASE("the topic of a single column is not copied") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  const auto cells = order();
  CHECK(std::get<Message>(encoder->encode({1, cells})).topic.data() == cells[tests::at("aggregate_type")].bytes().data());
}

TEST_CASE("a topic template that is not one is refused when the relay starts") {
  for (const char* text : {"a{b", "a}b", "{}", "{aggregate_type", "aggregate_type}", "{aggregate_type}}"}) {
    INFO(text);
    CHECK(says(refused(text), "message.topic"));
  }
}

TEST_CASE("doubled braces are plain braces, which Kafka does not allow in a name") {
  CHECK(says(refused("a{{b}}"), "\"a{b}\" is no topic name"));
  MessageShape shape;
  shape.topic = "{{{aggregate_type}}}";
  const auto encoder = make_encoder(shape, {}, tests::native_layout());
  CHECK(says(tests::fault_of(*encoder, order()), "\"{orders}\" is no topic name"));
}

TEST_CASE("a constant that is no topic name is refused when the relay starts") {
  for (const std::string& text :
       {std::string{}, std::string{"."}, std::string{".."}, std::string{"two words"}, std::string(250, 'a')}) {
    INFO(text);
    CHECK(says(refused(text), "is no topic name"));
  }
}

TEST_CASE("a NULL in the template is the row's fault and names the column") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  CHECK(says(tests::fault_of(*encoder, order_with("aggregate_type", Cell{})), "\"aggregate_type\" is NULL"));
  MessageShape shape;
  shape.topic = "x.{event_type}";
  const auto built = make_encoder(shape, {}, tests::native_layout());
  CHECK(says(tests::fault_of(*built, order_with("event_type", Cell{})), "\"event_type\" is NULL"));
}

TEST_CASE("a value that gives no topic name is the row's fault, also between rows that are fine") {
  const auto encoder = make_encoder({}, {}, tests::native_layout());
  for (int round = 0; round < 2; ++round) {
    CHECK(tests::fault_of(*encoder, order()).empty());
    for (const std::string& name : {std::string{}, std::string{"."}, std::string{".."}, std::string{"a b"}, std::string{"ö"},
                                    std::string(250, 'x'), std::string{"x\0", 2}}) {
      INFO(name);
      CHECK(says(tests::fault_of(*encoder, order_with("aggregate_type", Cell{name})), "is no topic name"));
      CHECK(says(tests::fault_of(*encoder, order_with("aggregate_type", Cell{name})), "is no topic name"));
    }
  }
}
