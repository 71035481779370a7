// SPDX-License-Identifier: BSD-3-Clause
// What DPDK's memif driver leaves open.
#ifndef PORTS_PEERS_MEMIF_H
#define PORTS_PEERS_MEMIF_H

#include <stdbool.h>
#include <stdint.h>

// Stops a memif port, by DPDK's number, where its peer's end cannot come between: on DPDK's
// interrupt thread. False: the thread did not come back within three seconds; the port must be left
// alone.
bool memif_stop(uint16_t port);

// Call when every port has stopped and all but memif's are closed: the driver may close a server's
// port only while DPDK's interrupt thread rests. See memif.c.
void memif_settle(void);

#endif
