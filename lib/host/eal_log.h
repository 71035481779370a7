// SPDX-License-Identifier: BSD-3-Clause
// DPDK's log: kept in memory while platter starts, for messages about what failed; on stderr while
// it runs. Who sets a level of it sees it on stderr from the start on.
#ifndef HOST_EAL_LOG_H
#define HOST_EAL_LOG_H

#include <stdbool.h>

#include "base/notes.h"

#ifdef __cplusplus
extern "C" {
#endif

// Before EAL starts: from now on what is logged is kept. `shown`: until eal_log_to_stderr it goes
// to stderr as well, and from then on not only warnings and errors do.
void eal_log_open(bool shown);

// What drivers have logged since the start or the last call, in one line, for an error message; ""
// if nothing. Valid until the next call.
const char *eal_words(void);

// The last line of what was logged, whoever logged it. Valid until the next call.
const char *eal_log_last(void);

// Adds what drivers have logged as warnings and errors since the last call, each line once: of a
// start that succeeds nobody else would hear of them, unless the log is shown.
void eal_log_warnings(struct notes *warnings);

// From now on DPDK's warnings and errors, or all that it logs, go to stderr as they come, but not
// more than log_limit.h allows.
void eal_log_to_stderr(void);

// What goes to stderr while it runs begins with its level, as the journal reads it: "<4>" for a
// warning (sd-daemon(3)).
void eal_log_with_levels(void);

// What is logged goes to memory again, where eal_words finds it.
void eal_log_to_memory(void);

#ifdef __cplusplus
}
#endif
#endif
