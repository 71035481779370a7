// SPDX-License-Identifier: BSD-3-Clause
// net_pcap with infinite_rx keeps one mbuf for each frame of its file, of each queue's
// (drivers/net/pcap/pcap_ethdev.c, eth_rx_queue_setup): memory has to be reckoned with them.
#ifndef PORTS_LOOPED_CAPTURE_H
#define PORTS_LOOPED_CAPTURE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// Frames in the files that a device's first `rx_queues` queues play in circles; 0: it plays none.
// Returns 0, or -errno and a clause in `error` where a file cannot be read or is too large.
int looped_capture_frames(const char *device, unsigned rx_queues, unsigned *frames, char *error,
                          size_t size);

#ifdef __cplusplus
}
#endif
#endif
