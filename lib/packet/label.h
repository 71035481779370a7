// SPDX-License-Identifier: BSD-3-Clause
// Names of what is counted: drop reasons and copy sites. Each is defined once, in the file that
// counts it, as a static struct label; a constructor gives it a number before main runs. So a new
// stage adds its reasons without touching a list elsewhere, and counters are plain arrays.
#ifndef PACKET_LABEL_H
#define PACKET_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LABELS_MAX = 64 };

struct label {
  const char *name; // [a-z_]+: a telemetry key
  const char *help; // one line for a person
  uint8_t id;       // set by label_register
  bool lost;        // of a drop reason: nobody decided so; it should have left and could not
};

struct label_set {
  unsigned count;
  const struct label *label[LABELS_MAX]; // by id
};

// Adds a label to a set and gives it its id; ends the program with a message where the set is
// full, which only a change to the source can cause. Called from constructors only.
void label_register(struct label_set *set, struct label *label);

#ifdef __cplusplus
}
#endif
#endif
