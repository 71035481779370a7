// SPDX-License-Identifier: BSD-3-Clause
// What DPDK's memif driver leaves open, and what a peer's death does with it.
#ifndef CONTROL_MEMIF_H
#define CONTROL_MEMIF_H

#include <stdbool.h>
#include <stdint.h>

struct datapath;

// A server that was killed leaves its socket file, and the driver cannot make another of that name.
// Removes the file that `device` (a device string) is going to make, if nobody listens there.
void memif_remove_stale_socket(const char *device);

// From now on (workers run) until NULL is given (they do not): shared memory is not unmapped while
// one of these workers may be reading it. Once NULL is given, they are not looked at. See memif.c.
void memif_guard(const struct datapath *datapath);

// Stops a memif port, by DPDK's number, where its peer's end cannot come between: on DPDK's
// interrupt thread. False: the thread did not come back within three seconds; the port must be left
// alone.
bool memif_stop(uint16_t port);

// Call when every port has stopped and all but memif's are closed: the driver may close a server's
// port only while DPDK's interrupt thread rests. See memif.c.
void memif_settle(void);

#endif
