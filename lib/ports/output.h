// SPDX-License-Identifier: BSD-3-Clause
// The files that a device writes (net_pcap's tx_pcap). Its driver empties them when it is probed,
// long before it is known whether the appliance starts: so it is given part files (part_file.h),
// which get their names when the start has succeeded. From then on they grow under their names,
// as those of other capture tools do, and are whole up to the last burst however platter ends.
//
// What is no regular file (a FIFO, /dev/null), or a descriptor that is open already (/dev/stdout,
// /proc/self/fd/N), has nothing to lose and goes to the driver as it is.
#ifndef PORTS_OUTPUT_H
#define PORTS_OUTPUT_H

#include <stddef.h>

struct port;

// Makes the part files of the port. *device, a device string for DPDK, is exchanged for one that
// names them, which lives as long as they do. Returns 0, or -errno and a sentence in `error`.
int port_output_open(struct port *port, const char **device, char *error, size_t size);

// Whether a device may write the file of this name, here and now; nothing is made. Returns 0, or
// -errno and a clause in `why`.
int port_output_check(const char *name, char *why, size_t size);

// Gives them their names. Returns 0, or -errno and a sentence.
int port_output_finish(struct port *port, char *error, size_t size);

// Removes those that did not get their names. Any state.
void port_output_close(struct port *port);

#endif
