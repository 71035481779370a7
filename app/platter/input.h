// SPDX-License-Identifier: BSD-3-Clause
// The captures that a replay reads, by port.
#ifndef PLATTER_INPUT_H
#define PLATTER_INPUT_H

#include <stdint.h>

#include "command.h"
#include "replay/capture.h"

struct inputs {
  struct input {
    const char *path; // borrowed; NULL: nothing comes in on this port
    int fd;           // -1: not open
    struct capture capture;
  } file[CONFIG_PORTS_MAX];
};

// Takes one PORT=FILE of the command line, or says what is wrong with it.
enum status_code inputs_take(struct inputs *inputs, const struct command *command,
                             const struct config *config, const char *argument);

// Reads every file through, on these terms, and opens it: all that can be wrong with a file is
// found here, before anything starts. Returns 0, or -1 and a sentence in `error`.
int inputs_open(struct inputs *inputs, const struct config *config,
                const struct capture_terms *terms, char *error, size_t size);

// Prints what is in them.
void inputs_describe(const struct inputs *inputs, const struct config *config);

// Says what was left out of them.
void inputs_warn(const struct inputs *inputs, const struct config *config);

// Bytes of the longest frame of all files.
unsigned inputs_longest(const struct inputs *inputs);

void inputs_close(struct inputs *inputs);

#endif
