// SPDX-License-Identifier: BSD-3-Clause
#ifndef TESTS_FUZZ_REQUIRE_H
#define TESTS_FUZZ_REQUIRE_H

#include <cstdio>
#include <cstdlib>

// Ends the process, which is how libFuzzer learns of a broken promise.
inline void require(bool holds, const char *what = "see the backtrace")
{
  if (holds)
    return;
  fprintf(stderr, "broken promise: %s\n", what);
  abort();
}

#endif
