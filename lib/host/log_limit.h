// SPDX-License-Identifier: BSD-3-Clause
// How many lines of a log are let through: a hundred at once, ten a second in the long run. A peer
// that is out to fill the disk makes drivers write 2 MB a second.
#ifndef HOST_LOG_LIMIT_H
#define HOST_LOG_LIMIT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { LOG_LIMIT_BURST = 100, LOG_LIMIT_RATE = 10 };

struct log_limit {
  double since;           // monotonic seconds, of `room`; 0: nothing has come yet
  double room;            // lines
  unsigned long left_out; // lines, since the last one that was let through
};

// Whether a line that comes now is let through. Where it is, *left_out says how many before it were
// not; else 0.
bool log_limit_allows(struct log_limit *limit, double now, unsigned long *left_out);

#ifdef __cplusplus
}
#endif
#endif
