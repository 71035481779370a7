// SPDX-License-Identifier: BSD-3-Clause
// What the subcommands share.
#ifndef PLATTER_COMMAND_H
#define PLATTER_COMMAND_H

#include <stdbool.h>

#include "config/config.h"
#include "control/notes.h"
#include "layout/layout.h"

enum status_code {
  STATUS_OK = 0,
  STATUS_FAILED = 1,     // could not start, or could not do what was asked
  STATUS_USAGE = 2,      // the command line or the configuration is wrong
  STATUS_ACCOUNTING = 3, // packets or mbufs are unaccounted for, or an output is not complete
};

struct command {
  const char *name;
  const char *summary; // one line
  const char *help;    // all of it, with an example
  enum status_code (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_run, command_check, command_replay;

// Says what is wrong with the command line and where help is. Returns STATUS_USAGE.
enum status_code usage_error(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The same for what getopt_long did not take: `option` is what it returned.
enum status_code option_error(const struct command *command, int option, char *const *argv);

// Loads a configuration; prints its errors to stderr and returns NULL where it has any, or where no
// layout can follow from it.
struct config *load_config(const char *path);

// The layout as far as the configuration tells, without a device; `stand_ins` as in control/plan.h.
// Prints why to stderr and returns NULL where there is none.
struct layout *guess_layout(const struct config *config, bool stand_ins);

// Ends the process at once, with all that was printed, where a worker did not come back from a
// driver: exit() would wait for locks that it holds.
_Noreturn void leave(enum status_code status);

// Prints "platter: warning: …" to stderr for each, and forgets them.
void print_warnings(struct notes *warnings);

#endif
