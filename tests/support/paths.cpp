#include "tests/support/paths.hpp"

namespace test {

const char* const source_folder = SOURCE_FOLDER;
const char* const relay_program = RELAY_PROGRAM;

}  // namespace test
