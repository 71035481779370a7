// SPDX-License-Identifier: BSD-3-Clause
// One replay, from its command line to its end. replay.c reads the command line, replay_run.c does
// what it says.
#ifndef PLATTER_REPLAY_H
#define PLATTER_REPLAY_H

#include "command.h"
#include "config/replay.h"
#include "input.h"
#include "output.h"

struct replay {
  const struct command *command;
  bool json;
  const char *out;
  bool fast;
  struct capture_terms terms;
  struct config_replay pace; // of a fast replay: loop and rate
  char pace_text[256];       // the same as a device string has it
  struct config *config;
  struct inputs inputs;
  struct outputs outputs;
  char device[CONFIG_PORTS_MAX][REPLAY_PATH_MAX + 512];
  char prefix[CONFIG_NAME_MAX + 32];
};

// Runs it, prints what came of it, closes its files. `config` and what the command line says are
// filled in, the files not opened.
enum status_code replay_run(struct replay *replay);

#endif
