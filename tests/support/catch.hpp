#pragma once

// Catch2 2.13 (Debian 12) and 3 (Debian 13): the same tests compile against both.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <iostream>

#include <catch2/catch.hpp>

/// Ends the test case without a verdict, as Catch2 3 does: tests/run.sh counts these lines. Only in a test case's own body.
#define SKIP(reason)                                                                                        \
  do {                                                                                                      \
    std::cout << "skipped: " << Catch::getResultCapture().getCurrentTestName() << ": " << (reason) << '\n'; \
    return;                                                                                                 \
  } while (false)
#endif
