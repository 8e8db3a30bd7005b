#pragma once

#include <random>
#include <string>

namespace relay::encode::tests {

using Random = std::mt19937_64;

[[nodiscard]] std::size_t below(Random& random, std::size_t limit);

/// Text of well-formed UTF-8, rich in characters that JSON escapes.
[[nodiscard]] std::string random_text(Random& random);

/// Octets of any kind.
[[nodiscard]] std::string random_octets(Random& random);

/// A well-formed JSON document with blanks, escapes, duplicate names and long numbers.
[[nodiscard]] std::string random_json(Random& random, int depth = 4);

}  // namespace relay::encode::tests
