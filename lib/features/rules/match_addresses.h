// SPDX-License-Identifier: BSD-3-Clause
// What stage.c and match_addresses.c share. Nobody else includes this.
#ifndef FEATURES_RULES_MATCH_ADDRESSES_H
#define FEATURES_RULES_MATCH_ADDRESSES_H

#include "features/rules/act.h"

// Keeps the slots whose packets have an address in the rule's set: IPv4 and IPv6, behind up to two
// VLAN tags. All others do not match.
void rule_match_addresses(const struct rule *rule, const struct burst *b,
                          struct rule_matches *matches);

#endif
