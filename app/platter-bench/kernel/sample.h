// SPDX-License-Identifier: BSD-3-Clause
// One measurement: a way moves the same bytes some times over, the kernel is asked what that cost,
// and then every byte of the output is compared.
#ifndef BENCH_KERNEL_SAMPLE_H
#define BENCH_KERNEL_SAMPLE_H

#include <stdint.h>

#include "kernel/receiver.h"
#include "kernel/transfer.h"

#ifdef __cplusplus
extern "C" {
#endif

struct stand { // what every measurement uses
  int in, out; // files; `out` gets new content for each sample
  size_t buffer;
  struct receiver receiver;
};

// The output is `transfers` times `size` bytes, one behind the other, of a file or of a connection.
struct job {
  const struct way *way;
  enum route route;
  uint64_t size, transfers;
};

struct sample {
  uint64_t bytes;
  double seconds;      // until the last byte is in the output, or has been taken by the receiver
  double user, system; // CPU seconds of the sender, with all of its threads
  struct received receiver;
  uint64_t voluntary, involuntary; // context switches of the sender
  uint64_t minor, major;           // page faults of the sender
  uint64_t asked, copied, untold;  // as in struct transfer
};

enum { SAMPLE_DIFFERS = 1 };

// Returns 0, SAMPLE_DIFFERS, or -errno, the last two with a sentence.
int sample_take(struct stand *stand, const struct job *job, struct sample *sample, char *error,
                size_t size);

#ifdef __cplusplus
}
#endif
#endif
