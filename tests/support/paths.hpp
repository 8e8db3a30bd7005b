#pragma once

namespace test {

/// Where the checkout and the program under test are. Defined in one source of their own: the compiler cache serves all others to
/// a checkout in another folder, too.
extern const char* const source_folder;
extern const char* const relay_program;

}  // namespace test
