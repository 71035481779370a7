// SPDX-License-Identifier: BSD-3-Clause
// Configurations that many tests start from, and what every run's summary has to say.
#ifndef TESTS_SUPPORT_EXPECT_H
#define TESTS_SUPPORT_EXPECT_H

#include <string>

#include "json.h"
#include "process.h"

enum ExitStatus { OK = 0, FAILED = 1, USAGE = 2, ACCOUNTING = 3 };

// The section `memory`; `more`: its other settings. Tests run with hugepages where the environment
// says PLATTER_HUGEPAGES=on, and then fail on a machine that has none; else without.
std::string memory_yaml(const std::string &more = "");

// Two ports, left and right, on these devices, wired to each other. `rest`: more top-level lines.
std::string wire_yaml(const std::string &left, const std::string &right, const std::string &prefix,
                      const std::string &rest = memory_yaml());

// A source of frames and a port that takes them, both null devices.
std::string null_yaml(const std::string &prefix, const std::string &rest = memory_yaml());

// That a summary from --json is whole and closes. Returns it.
Json expect_accounts(const Ended &ended);

// And that nothing was copied.
Json expect_closed(const Ended &ended);

// That a summary for people says so.
void expect_closed_text(const Ended &ended, bool may_copy = false);

// One sentence on standard error, or so many, with `what` in it, and this status.
void expect_refusal(const Ended &ended, int status, const std::string &what, int sentences = 1);

#endif
