// SPDX-License-Identifier: BSD-3-Clause
// platter-bench's other process: it is there once everything is set up.
#ifndef TESTS_E2E_BENCH_CHILD_H
#define TESTS_E2E_BENCH_CHILD_H

#include <fstream>
#include <string>

#include "process.h"

// Its first child, once there is one; 0: it has ended, or has none for a long time.
inline pid_t child_of(Process &process)
{
  const std::string pid = std::to_string(process.pid());
  const std::string path = "/proc/" + pid + "/task/" + pid + "/children";
  for (double end = monotonic() + 60; monotonic() < end && process.running(); rest(0.02)) {
    pid_t child = 0;
    if (std::ifstream(path) >> child)
      return child;
  }
  return 0;
}

#endif
