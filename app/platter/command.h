// SPDX-License-Identifier: BSD-3-Clause
// What the subcommands share.
#ifndef PLATTER_COMMAND_H
#define PLATTER_COMMAND_H

#include <stdbool.h>

#include "base/notes.h"
#include "cli/cli.h"
#include "config/config.h"
#include "control/appliance.h"
#include "layout/layout.h"

extern const struct command command_run, command_check, command_replay, command_restore,
    command_telemetry, command_figures;

// Reads a configuration and makes its layout, as far as it tells without a device. Returns NULL,
// with the reasons in `errors`, where it is not valid or no layout can follow from it. layout_free
// and config_free, in this order, release both.
struct config *read_config(const char *path, struct layout **layout, struct config_errors *errors);

// The same without the layout; prints the errors to stderr.
struct config *load_config(const char *path);

// The layout as far as the configuration tells, without a device; `stand_ins` as in control/plan.h.
// Prints why to stderr and returns NULL where there is none.
struct layout *guess_layout(const struct config *config, bool stand_ins);

// Ends the process at once, with all that was printed, where a worker did not come back from a
// driver: exit() would wait for locks that it holds.
_Noreturn void leave(enum status_code status);

// console_start, or says on stderr why not.
int start_console(void);

// Prints the layout for a person, or, with `json`, only what it has to say, as warnings.
void print_layout(const struct layout *layout, bool json);

// Prints "platter: warning: …" to stderr for each, and forgets them.
void print_warnings(struct notes *warnings);

#endif
