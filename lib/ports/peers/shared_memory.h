// SPDX-License-Identifier: BSD-3-Clause
// Ports whose packets lie in memory that a peer process shares: memif and vhost-user. The memory
// goes when the peer does, and no worker may be reading it then. See shared_memory.c.
#ifndef PORTS_PEERS_SHARED_MEMORY_H
#define PORTS_PEERS_SHARED_MEMORY_H

#ifdef __cplusplus
extern "C" {
#endif

struct datapath;

// From now on (workers run) until NULL is given (they do not): shared memory is not unmapped while
// one of these workers may be reading it. Once NULL is given, they are not looked at.
void shared_memory_guard(const struct datapath *datapath);

// For a driver that tells when a peer has come or left, on the thread that will unmap its memory,
// and tells of the latter before: returns when no worker is in a burst any more that began earlier,
// two seconds later at most. What this thread unmaps from then on does not wait again.
void shared_memory_peer_changes(void);

// From now on everything stays mapped; the process is about to end.
void shared_memory_keep(void);

#ifdef __cplusplus
}
#endif
#endif
