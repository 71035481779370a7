// SPDX-License-Identifier: BSD-3-Clause
// Figures for a person, by the tables of lib/figures.
#ifndef PLATTER_SHOW_TABLE_H
#define PLATTER_SHOW_TABLE_H

#include <stdio.h>

#include "figures/figure.h"

#ifdef __cplusplus
extern "C" {
#endif

// A figure's name as a heading, in `text` of SHOW_SIZE bytes, which is returned: "nic drop",
// "cycles/packet".
const char *show_name(const struct figure *figure, char *text);

// Its value: "12", "41.1", "50.0%", "yes", "not counted".
void show_value(const struct figure *figure, const struct status *status, const void *thing,
                char *text, size_t size);

// All things of a kind, one a line, with the figures of the summary as columns.
void show_table(const struct figure_table *table, const struct status *status, FILE *out);

// A paragraph for each: "bridge lan: capacity 65536, entries 2, …".
void show_things(const struct figure_table *table, const struct status *status, FILE *out);

// A figure summed over all things of its kind.
double show_sum(const struct figure_table *table, const char *name, const struct status *status);

#ifdef __cplusplus
}
#endif
#endif
