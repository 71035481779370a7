// SPDX-License-Identifier: BSD-3-Clause
// What control.c (life cycle), ports.c (who has which) and control/slots.c share. Nobody else
// includes this.
#ifndef FEATURES_RULES_CONTROL_INTERNAL_H
#define FEATURES_RULES_CONTROL_INTERNAL_H

#include "features/rules/control.h"
#include "features/rules/rules.h"

// Sets used[r] for the rules of a port and direction, and *reach to the ports that they can send
// to. A rule about ports that packets leave by counts where a packet received here can come to one.
// False: there is no such rule.
bool rules_select(const struct config *config, const struct forwarding *forwarding, unsigned port,
                  bool egress, bool *used, portset *reach);

// Where what is received at a port can leave when it comes to the first of the rules about leaving.
portset rules_leave(const struct config *config, const struct forwarding *forwarding,
                    unsigned port);

#endif
