// SPDX-License-Identifier: BSD-3-Clause
// Makes what workers go by (datapath/generation.h) out of what forwarding comes to.
#ifndef CONTROL_GENERATION_H
#define CONTROL_GENERATION_H

#include "control/forwarding.h"
#include "datapath/generation.h"
#include "layout/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

// A generation in memory of its own, or NULL: no memory. Call when the features have given their
// stages what these need (bridges_start, rules_start): the generation points at it, and must not
// outlive it. The workers are those of the layout.
struct generation *generation_make(const struct forwarding *forwarding,
                                   const struct layout *layout);

// No worker may go by it any more: see datapath_go_by. NULL: nothing.
void generation_free(struct generation *generation);

#ifdef __cplusplus
}
#endif
#endif
