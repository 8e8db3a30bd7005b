#include "tests/encode/random_json.hpp"

#include <array>
#include <string_view>

namespace relay::encode::tests {

namespace {

std::string blank(Random& random) {
  constexpr std::array<std::string_view, 8> blanks{"", "", "", "", " ", "\n", "\t", " \r\n"};
  return std::string{blanks[below(random, blanks.size())]};
}

std::string random_number(Random& random) {
  const auto digits = [&](std::size_t most) {
    std::string text;
    for (std::size_t i = 0; i <= below(random, most); ++i) text += static_cast<char>('0' + below(random, 10));
    return text;
  };
  std::string text = below(random, 2) == 0 ? "-" : "";
  text += below(random, 4) == 0 ? "0" : static_cast<char>('1' + below(random, 9)) + digits(30);
  if (below(random, 2) == 0) text += "." + digits(20);
  if (below(random, 4) == 0)
    text += (below(random, 2) == 0 ? "e" : "E") + std::string{below(random, 2) == 0 ? "-" : "+"} + digits(1);
  return text;
}

std::string random_string(Random& random) {
  constexpr std::array<std::string_view, 12> pieces{R"(\")",           R"(\\)", R"(\/)", R"(\n)", R"(\u0000)",  R"(\uABCD)",
                                                    R"(\ud83d\uDE00)", "ü",     "€",     "😀",     "plain text", "x"};
  std::string text = "\"";
  for (std::size_t i = below(random, 6); i > 0; --i) text += pieces[below(random, pieces.size())];
  return text + "\"";
}

}  // namespace

std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random() % limit);
}

std::string random_text(Random& random) {
  constexpr std::array<std::string_view, 16> pieces{"\"",
                                                    "\\",
                                                    "/",
                                                    "\n",
                                                    "\x01",
                                                    "\x1f",
                                                    "\x7f",
                                                    "ü",
                                                    "€",
                                                    "😀",
                                                    "\xEF\xBF\xBF",
                                                    "\xF4\x8F\xBF\xBF",
                                                    "a",
                                                    "long enough for words",
                                                    " ",
                                                    "}"};
  std::string text;
  for (std::size_t i = below(random, 12); i > 0; --i) text += pieces[below(random, pieces.size())];
  if (below(random, 20) == 0) text += '\0';
  return text;
}

std::string random_octets(Random& random) {
  std::string octets;
  for (std::size_t i = below(random, 40); i > 0; --i) octets += static_cast<char>(below(random, 256));
  return octets;
}

std::string random_json(Random& random, int depth) {
  const auto list = [&](char open, char close, auto member) {
    std::string text{open};
    for (std::size_t i = 0, count = below(random, 4); i < count; ++i) text += (i == 0 ? "" : ",") + member();
    return text + blank(random) + close;
  };
  const auto value = [&] { return blank(random) + random_json(random, depth - 1) + blank(random); };
  switch (below(random, depth > 0 ? 7 : 5)) {
    case 0:
      return random_number(random);
    case 1:
      return random_string(random);
    case 2:
      return "true";
    case 3:
      return "false";
    case 4:
      return "null";
    case 5:
      return list('[', ']', value);
    default:
      return list('{', '}', [&] { return blank(random) + random_string(random) + blank(random) + ":" + value(); });
  }
}

}  // namespace relay::encode::tests
