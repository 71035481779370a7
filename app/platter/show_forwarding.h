// SPDX-License-Identifier: BSD-3-Clause
// What a configuration forwards where, and what its rules do: in words, for `platter check`.
#ifndef PLATTER_SHOW_FORWARDING_H
#define PLATTER_SHOW_FORWARDING_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "config/config.h"

// False: memory is out, and something is missing.
bool show_forwarding(const struct config *config, FILE *out);

// What `write` writes of an entry or a rule by its number; the caller frees it. NULL: memory is
// out.
char *show_written(void (*write)(const struct config *config, unsigned number, FILE *out),
                   const struct config *config, unsigned number);

bool show_is_every_port(const struct config *config, uint32_t set);

// What a rule is about: "'udp port 53', one in 100".
void show_match(const struct config_rule *rule, FILE *out);

// What it does besides sending packets to ports or dropping them, each behind `before`.
void show_other_actions(const struct config_rule *rule, const char *before, FILE *out);

#endif
