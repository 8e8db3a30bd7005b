#include "relay/encode/json_scanner.hpp"

#include "tests/encode/random_json.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

using relay::encode::is_json;
using relay::encode::is_json_number;
using namespace relay::encode::tests;

namespace {

/// The parser refuses such a number although it is well-formed, and looks no further.
bool has_number_beyond_range(const std::string& text) {
  try {
    return nlohmann::json::parse(text).is_discarded();  // never: it throws instead
  } catch (const nlohmann::json::out_of_range&) {
    return true;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

}  // namespace

TEST_CASE("every JSON document is taken for one, and nothing else is: as a full parser says") {
  constexpr unsigned seed = 8259;
  INFO("seed " << seed);
  Random random{seed};
  int malformed = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = random_json(random);
    CAPTURE(text);
    REQUIRE(is_json(text));
    REQUIRE(nlohmann::json::accept(text));
    // One small damage: a byte gone, another, or one too many.
    const std::size_t where = below(random, text.size());
    switch (below(random, 3)) {
      case 0:
        text.erase(where, 1);
        break;
      case 1:
        text[where] = static_cast<char>(1 + below(random, 255));
        break;
      default:
        text.insert(where, 1, R"({}[]",:\ux-+.0 )"[below(random, 15)]);
    }
    CAPTURE(text);
    if (has_number_beyond_range(text)) continue;
    const bool expected = nlohmann::json::accept(text);
    REQUIRE(is_json(text) == expected);
    if (!expected) ++malformed;
  }
  CHECK(malformed > 5'000);
}

TEST_CASE("octets that are not UTF-8 are never JSON: as a full parser says") {
  constexpr unsigned seed = 3629;
  INFO("seed " << seed);
  Random random{seed};
  for (int i = 0; i < 20'000; ++i) {
    std::string text = '"' + random_octets(random) + '"';
    std::erase(text, '\0');  // the parser takes it for the end
    REQUIRE(is_json(text) == nlohmann::json::accept(text));
  }
  for (const char* text : {"\"\xC0\x80\"", "\"\xE0\x80\x80\"", "\"\xED\xA0\x80\"", "\"\xF0\x80\x80\x80\"", "\"\xF4\x90\x80\x80\"",
                           "\"\xF5\x80\x80\x80\"", "\"\xC3\"", "\"\xE2\x82\"", "\"\x80\"", "\"\xFF\""}) {
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("a number beyond any machine's range is JSON") {
  CHECK(is_json("1e400"));
  CHECK(is_json(std::string(5'000, '9')));
  CHECK(is_json_number("-0.0e-0"));
}

TEST_CASE("what a database writes for a number that JSON does not know is no JSON number") {
  for (const char* text :
       {"", "-", "NaN", "Infinity", "-Infinity", "+1", "01", ".5", "5.", "1e", "1e+", "0x10", "1 ", " 1", "1,5"}) {
    INFO(text);
    CHECK_FALSE(is_json_number(text));
  }
}

TEST_CASE("a NUL byte is no blank and no end") {
  using namespace std::string_view_literals;
  CHECK_FALSE(is_json("{}\0"sv));
  CHECK_FALSE(is_json("[1\0]"sv));
  CHECK_FALSE(is_json("\"a\0b\""sv));
}

TEST_CASE("an empty text, blanks alone and two values are no JSON") {
  for (const char* text :
       {"", " ", "\n", "1 2", "{}{}", "[],", "\"a\" \"b\"", "nul", "truee", "[1,]", "{\"a\":1,}", "\xEF\xBB\xBF{}"}) {
    INFO(text);
    CHECK_FALSE(is_json(text));
  }
}

TEST_CASE("a million levels of nesting neither overflow the stack nor pass when one bracket is missing") {
  constexpr std::size_t depth = 1'000'000;
  const std::string open(depth, '[');
  const std::string close(depth, ']');
  CHECK(is_json(open + close));
  CHECK_FALSE(is_json(open + close.substr(1)));
  CHECK_FALSE(is_json(open));
  std::string objects;
  for (std::size_t i = 0; i < 10'000; ++i) objects += "{\"a\":";
  CHECK(is_json(objects + "1" + std::string(10'000, '}')));
}
