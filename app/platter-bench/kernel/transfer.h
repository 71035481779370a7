// SPDX-License-Identifier: BSD-3-Clause
// One file on its way to another file or to a TCP socket, and the ways that the operating system
// offers for it. A way is three functions in a file of its own: `start` makes what a program keeps
// from one transfer to the next (a buffer, a pipe, a ring), `move` moves the bytes and is all that
// is timed, `finish` gives back what start made. ways.c lists them.
#ifndef BENCH_KERNEL_TRANSFER_H
#define BENCH_KERNEL_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TRANSFER_BUFFER = 128 * 1024, // bytes; what cp takes
  TRANSFER_STALL_SECONDS = 10,  // without a byte moved: given up
  TRANSFER_POLL_MS = 200,       // how often one that waits looks whether it shall stop
};

enum route { ROUTE_FILE, ROUTE_SOCKET, ROUTES };

struct transfer {
  int in;  // a file, read from its start
  int out; // a file, written from its file position; or a connected TCP socket
  enum route route;
  uint64_t size;   // bytes to move
  uint64_t at;     // the file position of `out`
  size_t buffer;   // bytes of a buffer, for ways that have one
  uint64_t done;   // way: bytes that `out` has taken
  void *state;     // way
  double patience; // seconds without a byte until it fails; 0: TRANSFER_STALL_SECONDS
  double stalled;  // monotonic seconds; 0: something moved lately
  // Bytes that the kernel was asked not to copy, those of them of which it says that it copied them
  // after all, and those of which it does not say.
  uint64_t asked, copied, untold;
  char error[256]; // a sentence, where a function returned less than 0
};

struct way {
  const char *name;
  const char *avoids; // which copies it avoids, a line
  bool route[ROUTES];
  bool zero_copy;                         // read/write is what it is compared with
  bool asks;                              // counts asked and copied
  int (*missing)(char *why, size_t size); // 0: this kernel has it. NULL: every kernel has
  // Return 0, or -errno and a sentence in t->error. start and finish may be NULL. Where start or
  // move has failed, finish is still called.
  int (*start)(struct transfer *t);
  int (*move)(struct transfer *t);
  void (*finish)(struct transfer *t);
};

// Starts, moves all bytes once, finishes.
int transfer_run(const struct way *way, struct transfer *t);

// For ways. The bytes to take next: no more than a buffer.
size_t transfer_next(const struct transfer *t);

// What a call gave that moves bytes: more than 0: so many. 0: nothing yet, call again. Less: what
// went wrong, as a sentence too. The end of the input is an error: it is known how long it is.
ssize_t transfer_result(struct transfer *t, const char *call, ssize_t result);

// For calls that return what errno would be: 0 to call again, or it fails as above.
int transfer_failed(struct transfer *t, const char *call, int error);

// Writes all of it with write(2).
int transfer_write(struct transfer *t, const char *bytes, size_t size);

// `count` buffers of t->buffer bytes in a row, on pages of their own: what the kernel still reads
// when they are given back is nobody else's memory. NULL: t->error says why.
char *transfer_buffers(struct transfer *t, unsigned count);
void transfer_unbuffer(const struct transfer *t, char *buffers, unsigned count); // NULL is allowed

// From here on SIGINT, SIGTERM and SIGHUP end a transfer with -EINTR, SIGPIPE and SIGXFSZ are an
// error of the call that caused them.
void transfer_catch_signals(void);
bool transfer_stopped(void);

#ifdef __cplusplus
}
#endif
#endif
