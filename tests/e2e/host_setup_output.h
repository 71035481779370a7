// SPDX-License-Identifier: BSD-3-Clause
// What the tests of deploy/host-setup look for in its output, however its lines are wrapped.
#ifndef TESTS_E2E_HOST_SETUP_OUTPUT_H
#define TESTS_E2E_HOST_SETUP_OUTPUT_H

#include <gtest/gtest.h>

#include "expect.h"
#include "made_up_machine.h"

const char *const A = "0000:03:00.0", *const B = "0000:03:00.1";

inline MadeUpNic intel(const std::string &address, const std::string &interface, int group,
                       int node = 0)
{
  return {address, "8086:10fb", "ixgbe", interface, node, group};
}

inline std::string join(const std::string &text) // wrapped lines as one
{
  std::string all;
  for (size_t at = 0; at < text.size(); at++) {
    char c = text[at];
    if (c == '\\' && text[at + 1] == '\n')
      continue;
    if ((c == '\n' || c == ' ') && !all.empty() && all.back() == ' ')
      continue;
    all += c == '\n' ? ' ' : c;
  }
  return all;
}

inline void expect_line(const Ended &ended, const std::string &what)
{
  EXPECT_NE(join(ended.out).find(what), std::string::npos) << what << "\n"
                                                           << ended.out << ended.err;
}

inline void expect_no(const Ended &ended, const std::string &what)
{
  EXPECT_EQ(join(ended.out).find(what), std::string::npos) << what << "\n" << ended.out;
}

inline void expect_narrow(const std::string &text)
{
  size_t at = 0;
  while (at < text.size()) {
    size_t end = std::min(text.find('\n', at), text.size());
    // The path of this script, which commands start with, is longer than that of most.
    if (text.substr(at, end - at).find("/host-setup") == std::string::npos) {
      EXPECT_LE(end - at, 80u) << text.substr(at, end - at);
    }
    at = end + 1;
  }
}
#endif
