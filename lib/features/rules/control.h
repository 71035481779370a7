// SPDX-License-Identifier: BSD-3-Clause
// The control side of rules: which stages they make at which ports and how far those reach, their
// filters as machine code, and what the workers have counted.
#ifndef FEATURES_RULES_CONTROL_H
#define FEATURES_RULES_CONTROL_H

#include "config/config.h"
#include "features/forwarding.h"
#include "figures/status.h"

#ifdef __cplusplus
extern "C" {
#endif

struct rules;

// For forwarding_make: the stage before those of `forward`, at each port that has rules about what
// it receives, and, when those are there, the stage behind them. Both add to the ports' reach.
// `overload: wait` waits for none of that: one rule would have a port hold up another entry's.
void rules_before(struct forwarding *forwarding, const struct config *config);
void rules_behind(struct forwarding *forwarding, const struct config *config);

// Translates the filters and gives the stages of `forwarding` their data. Before workers run.
// `config` must outlive the rules. Without a rule in the configuration, *rules is NULL. Returns 0,
// or -errno and a sentence in `error`, with nothing left behind.
//
// A rate is divided evenly among the workers that poll the ports that a rule is about, and so is
// the burst, but for one of the longest frames: each worker has a bucket of its own.
int rules_start(struct rules **rules, const struct config *config, struct forwarding *forwarding,
                const struct layout *layout, char *error, size_t size);

// Fills status->rule. NULL is allowed, here and below.
void rules_gather(const struct rules *rules, struct status *status);

// When no worker runs any more.
void rules_stop(struct rules *rules);

#ifdef __cplusplus
}
#endif
#endif
