// SPDX-License-Identifier: BSD-3-Clause
// How many slots of a burst one packet can come to need: one for itself, one for each form that it
// leaves in besides, and one for each form that readers get and nobody else.
#ifndef CONTROL_SLOTS_H
#define CONTROL_SLOTS_H

#include "config/config.h"
#include "features/forwarding.h"

#ifdef __cplusplus
extern "C" {
#endif

// For a packet received on `port`, at worst: as if it matched every rule that is about it, whatever
// they match. `forwarding` has its stages.
unsigned slots_needed(const struct config *config, const struct forwarding *forwarding,
                      unsigned port);

// Whether a burst has slots for one packet, at least, on every port. If not, a sentence that says
// where and what to do.
bool slots_check(const struct config *config, const struct forwarding *forwarding, char *error,
                 size_t size);

#ifdef __cplusplus
}
#endif
#endif
