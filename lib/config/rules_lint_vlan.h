// SPDX-License-Identifier: BSD-3-Clause
// What libpcap's word 'vlan' does and hardly anybody expects: it is not only a question, it also
// moves every question behind it, whatever stands between, to the header behind the tag.
#ifndef CONFIG_RULES_LINT_VLAN_H
#define CONFIG_RULES_LINT_VLAN_H

#include "config/config.h"

// Whether the word is in a filter.
bool filter_has_vlan(const char *text);

// Adds to `findings` what is most likely not meant in rule `number`: questions behind 'vlan … or'
// and behind 'not vlan', and a filter that sees no tagged frame at a port that carries tags.
void rules_lint_vlan(const struct config *config, unsigned number, struct config_errors *findings);

#endif
