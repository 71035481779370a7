// SPDX-License-Identifier: BSD-3-Clause
// What is allowed in `rules` and yet most likely not meant.
#ifndef CONFIG_RULES_LINT_H
#define CONFIG_RULES_LINT_H

#include "config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

// Adds to `findings`, in the order of the rules: a rule that can never match, since an earlier one
// takes all that it would (same ports, same filter, stop or drop) or since it is about no port;
// rules that send packets in a circle of ports, or back to where they were received; a balance over
// a single port; a filter in which 'vlan' does what is not expected of it.
void config_rules_lint(const struct config *config, struct config_errors *findings);

#ifdef __cplusplus
}
#endif
#endif
