// SPDX-License-Identifier: BSD-3-Clause
// The files that a replay writes. They get their names only when they are complete: a replay that
// fails leaves what was there before.
#ifndef PLATTER_OUTPUT_H
#define PLATTER_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/part_file.h"
#include "config/config.h"

struct outputs {
  const char *directory; // NULL: nothing is kept
  bool made_directory;
  unsigned count;
  struct part_file file[CONFIG_PORTS_MAX]; // or /dev/null, with no name
};

// Makes an unfinished file for each port's DIR/PORT.pcap, and DIR where it is not there. Returns 0,
// or -1 and a sentence in `error`, with nothing left behind.
int outputs_open(struct outputs *outputs, const char *directory, const struct config *config,
                 char *error, size_t size);

// Whether the finished file of port `i` would replace the open file `fd`.
bool outputs_would_replace(const struct outputs *outputs, unsigned i, int fd);

// Gives each file its name, once it is known to hold as many frames as its port has sent (net_pcap
// counts a frame as sent even where the disk is full). Returns 0, or -1 and a sentence.
int outputs_finish(struct outputs *outputs, const uint64_t *sent, char *error, size_t size);

// Removes what is unfinished.
void outputs_close(struct outputs *outputs);

#endif
