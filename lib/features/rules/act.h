// SPDX-License-Identifier: BSD-3-Clause
// What stage.c and act.c share. Nobody else includes this.
#ifndef FEATURES_RULES_ACT_H
#define FEATURES_RULES_ACT_H

#include "features/rules/rules.h"
#include "packet/count.h"

// Slots of a burst that a rule is about. A slot number fits a byte: BURST_SLOTS is 256.
struct rule_matches {
  unsigned count;
  uint8_t slot[BURST_SLOTS];
};

// Does with the packets that matched what the rule says. `open`, by slot: the ports about which
// later rules may still decide; those that this rule has the last word on are taken out, and slots
// that it adds get theirs.
void rule_act(const struct rule *rule, struct burst *b, struct rule_matches *matches,
              portset *open);

#endif
