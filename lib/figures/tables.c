// SPDX-License-Identifier: BSD-3-Clause
// The one list of the tables: what is in it is in JSON, in `platter figures` and in the
// documentation.
#include "figures/figure.h"

const struct figure_table *const figure_tables[] = {
    &figures_info,    &figures_port,  &figures_replay, &figures_worker,
    &figures_handoff, &figures_pool,  &figures_bridge, &figures_address,
    &figures_rule,    &figures_drops, &figures_copies, &figures_accounting,
};
const unsigned n_figure_tables = sizeof(figure_tables) / sizeof(*figure_tables);
