#include "relay/domain/row.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

using relay::Cell;
using relay::fingerprint;

std::uint64_t of(const std::vector<Cell>& cells) {
  return fingerprint(cells);
}

}  // namespace

TEST_CASE("equal rows have equal fingerprints wherever their bytes lie") {
  const std::string one = "an aggregate and a payload";
  const std::string two = std::string{"#"} + one;
  CHECK(of({Cell{one}, Cell{}, Cell{"x"}}) == of({Cell{std::string_view{two}.substr(1)}, Cell{}, Cell{"x"}}));
}

TEST_CASE("NULL and the empty string have different fingerprints") {
  CHECK(of({Cell{}}) != of({Cell{""}}));
  CHECK(of({Cell{"a"}, Cell{}}) != of({Cell{"a"}, Cell{""}}));
  CHECK(of({Cell{}, Cell{""}}) != of({Cell{""}, Cell{}}));
}

TEST_CASE("the bytes of neighbouring cells do not run together in a fingerprint") {
  CHECK(of({Cell{"ab"}, Cell{"c"}}) != of({Cell{"a"}, Cell{"bc"}}));
  CHECK(of({Cell{"abc"}, Cell{""}}) != of({Cell{""}, Cell{"abc"}}));
  CHECK(of({Cell{"abc"}}) != of({Cell{"abc"}, Cell{""}}));
  CHECK(of({}) != of({Cell{}}));
}

TEST_CASE("a NUL byte at the end of a cell changes its fingerprint") {
  CHECK(of({Cell{"abc"}}) != of({Cell{std::string_view{"abc\0", 4}}}));
  CHECK(of({Cell{std::string_view{"\0\0\0", 3}}}) != of({Cell{std::string_view{"\0\0", 2}}}));
}

TEST_CASE("every single bit of a cell counts in its fingerprint") {
  const std::string original(27, 'q');
  std::set<std::uint64_t> seen{of({Cell{original}})};
  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    std::string changed = original;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    INFO("bit " << bit);
    CHECK(seen.insert(of({Cell{changed}})).second);
  }
}

TEST_CASE("a hundred thousand rows that differ in a counter have a hundred thousand fingerprints, in both halves of the word") {
  constexpr int rows = 100'000;
  std::set<std::uint64_t> whole;
  std::set<std::uint32_t> low_half;
  for (int i = 0; i < rows; ++i) {
    const std::string id = std::to_string(i);
    const auto print = of({Cell{id}, Cell{"orders"}, Cell{"o-1"}});
    whole.insert(print);
    low_half.insert(static_cast<std::uint32_t>(print));
  }
  CHECK(whole.size() == rows);
  CHECK(low_half.size() > rows - 20);  // a random 32-bit function would meet itself once or twice
}

TEST_CASE("a layout finds its columns by name and says when there is none") {
  const relay::Layout layout{{{"id", relay::ColumnKind::integer}, {"payload", relay::ColumnKind::json}}};
  CHECK(layout.index_of("payload") == 1U);
  CHECK(layout.index_of("id") == 0U);
  CHECK_FALSE(layout.index_of("Payload").has_value());
  CHECK_FALSE(layout.index_of("").has_value());
}
