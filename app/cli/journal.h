// SPDX-License-Identifier: BSD-3-Clause
// Lines for systemd's journal: each begins with its level, "<4>" for a warning (sd-daemon(3)). What
// is written on standard output is information; on standard error, an error, unless the line says
// "warning: " or has a level already.
#ifndef CLI_JOURNAL_H
#define CLI_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Of one stream. Zero-initialise it.
struct journal_stream {
  bool error;  // standard error
  bool inside; // a line has begun, and its end has not come yet
};

// Whether the descriptor is the one that systemd connected to the journal: JOURNAL_STREAM holds its
// device and inode (systemd.exec(5)). Not so where a shell has put a file in its place.
bool journal_reads(int fd);

// The text with a level at the beginning of each line. The caller frees it; NULL: out of memory.
char *journal_levels(struct journal_stream *stream, const char *text, size_t size, size_t *length);

// From now on `stdout` and `stderr` are streams with levels, each if the journal reads it, until
// console_start takes their place.
void journal_start(void);

#ifdef __cplusplus
}
#endif
#endif
