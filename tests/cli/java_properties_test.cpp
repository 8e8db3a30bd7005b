#include "relay/cli/java_properties.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <random>
#include <stdexcept>

using relay::cli::java_property;
using relay::cli::Properties;
using relay::cli::read_java_properties;

namespace {

/// Of characters that mean something to Properties.load, or that it could mistake.
std::string random_text(std::mt19937& random, std::size_t most) {
  constexpr std::array<std::string_view, 24> pieces{" ",  "\t",   "\f",    "\n",     "\r",     "\\",         "=", ":",
                                                    "#",  "!",    "u0041", "a",      "t",      "n",          "u", "$",
                                                    "\"", "\x01", "\x7f",  "\u00fc", "\u20ac", "\U0001F600", "{", "\\u"};
  std::string text;
  for (auto left = std::uniform_int_distribution<std::size_t>(0, most)(random); left > 0; --left) {
    text += pieces.at(std::uniform_int_distribution<std::size_t>(0, pieces.size() - 1)(random));
  }
  return text;
}

}  // namespace

TEST_CASE("properties that were written are read as they were") {
  constexpr unsigned seed = 20260102;
  std::mt19937 random(seed);  // NOLINT(cert-msc51-cpp): the same texts in every run
  for (int round = 0; round < 2000; ++round) {
    Properties properties;
    std::string file;
    for (int i = 0; i < 5; ++i) properties[random_text(random, 6)] = random_text(random, 12);
    for (const auto& [name, value] : properties) file += java_property(name, value) + (round % 2 == 0 ? "\n" : "\r\n");
    INFO(file);
    REQUIRE(read_java_properties(file) == properties);
  }
}

TEST_CASE("properties are read as java.util.Properties reads them") {
  const auto read = read_java_properties(
      "# a comment \\\n"
      "! another\n"
      "\n"
      "route.topic.regex=(.*)\\\\.(\\\\w+)\n"
      "Truth = Beauty\r"
      "  Truth1:Beauty\r\n"
      "Truth2 \t : \f Beauty\n"
      "cheeses\n"
      "a\\ name\\:with\\=all = x\\ty\n"
      "fruits   apple, banana, \\\n"
      "         pear, \\\\\n"
      "twice==a=b\n"
      "unknown=\\z\\\"\n"
      "points=\\u00fc\\u20AC\\uD83D\\uDE00\\uD83D!\n"
      "raw=\xc3\xbc#no comment \n"
      "continued=a\\\n"
      "\n"
      "set=1\n"
      "set=2\n"
      "\\\n"
      "  #name=by continuation\n"
      "last=end\\");
  CHECK(read == Properties{{"route.topic.regex", "(.*)\\.(\\w+)"},
                           {"Truth", "Beauty"},
                           {"Truth1", "Beauty"},
                           {"Truth2", "Beauty"},
                           {"cheeses", ""},
                           {"a name:with=all", "x\ty"},
                           {"fruits", "apple, banana, pear, \\"},
                           {"twice", "=a=b"},
                           {"unknown", "z\""},
                           {"points", "\u00fc\u20ac\U0001F600\ufffd!"},
                           {"raw", "\u00fc#no comment "},
                           {"continued", "a"},
                           {"set", "2"},
                           {"#name", "by continuation"},
                           {"last", "end"}});
}

TEST_CASE("what is written is ASCII, so that a reader of Latin-1 octets reads it too") {
  CHECK(java_property("a b=c:d", " \\(#!=: \n") == "a\\ b\\=c\\:d=\\ \\\\(#!=: \\n");
  CHECK(java_property("k", "\u00fc\U0001F600\xff") == "k=\\u00FC\\uD83D\\uDE00\\u00FF");
}

TEST_CASE("an escape without its digits is refused with its line, and nothing of it is shown") {
  for (const auto* bad : {"password=hunter2\\u12G4", "password=hunter2\\u12", "password=hunter2\\uD83D\\u1"}) {
    INFO(bad);
    try {
      static_cast<void>(read_java_properties("a=b\n" + std::string(bad) + "\n"));
      FAIL("it was read");
    } catch (const std::invalid_argument& error) {
      CHECK(std::string(error.what()) == "line 2 has a \\u without four hexadecimal digits");
    }
  }
}
