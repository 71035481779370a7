// SPDX-License-Identifier: BSD-3-Clause
// DPDK starts once in a process's life, so whatever needs another start runs in a child: it writes
// JSON objects, one a line, which the parent takes as they come.
#ifndef BENCH_ZERO_COPY_CHILD_H
#define BENCH_ZERO_COPY_CHILD_H

#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  CHILD_INTERRUPTED = 1, // a signal asked to stop (wait_init was called before)
  CHILD_ACCOUNTING = 2,  // the child says that its accounting did not close, or figures disagree
};

// In the child. Returns 0, CHILD_INTERRUPTED, CHILD_ACCOUNTING, or -errno: in the last two cases
// behind a line by child_error.
typedef int child_body(const void *arg, FILE *out);

// In the parent. Returns 0, or one of the codes with a sentence in `error`: then what the child
// still says is thrown away.
typedef int child_line(void *arg, const json_t *line, char *error, size_t size);

// Runs `body` in a child and `take` for each of its lines. A signal that asks this process to stop
// is passed on; a child that says nothing for two minutes is killed. Returns 0 or one of the codes,
// with a sentence in `error`; no child is left in any case.
int child_run(child_body *body, const void *body_arg, child_line *take, void *take_arg, char *error,
              size_t size);

// Writes a line; takes the object.
void child_say(FILE *out, json_t *object);

// A sentence for the parent's `error`. Returns `code`.
int child_error(FILE *out, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#ifdef __cplusplus
}
#endif
#endif
