// SPDX-License-Identifier: BSD-3-Clause
// Standard output and error that never make a thread wait. A pipe whose reader has stopped, a
// terminal after Ctrl-S, a journal that is full: a write to those blocks for as long as it likes,
// and control, or a worker whose driver has something to say, would stand still with it. From
// console_start on, `stdout` and `stderr` are streams that put what is written into a queue, in
// its order, and one thread writes from there. What finds no room is left out and counted, and the
// count stands in its place ("platter: warning: 12 lines not
// shown").
//
// The descriptors stay as they are: others may share them.
#ifndef CLI_CONSOLE_H
#define CLI_CONSOLE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

// Call after wait_init, so that signals do not go to the thread. Returns 0 or -errno; nothing has
// changed then.
int console_start(void);

// From now on what finds no room waits for it, as long as somebody still reads: the end, of which
// nothing may be missing, is near.
void console_patient(void);

// Waits until all is written, as long as somebody still reads, and makes `stdout` and `stderr` what
// they were. Returns 0, or -errno where standard output could not be written or nobody reads it.
// 0 where console_start was not called.
int console_finish(void);

#ifdef __cplusplus
}
#endif
#endif
