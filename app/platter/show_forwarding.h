// SPDX-License-Identifier: BSD-3-Clause
// What a configuration forwards where, and what its rules do: in words, for `platter check`.
#ifndef PLATTER_SHOW_FORWARDING_H
#define PLATTER_SHOW_FORWARDING_H

#include <stdio.h>

#include "config/config.h"

void show_forwarding(const struct config *config, FILE *out);

#endif
