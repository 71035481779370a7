// SPDX-License-Identifier: BSD-3-Clause
// The socket of DPDK's telemetry, version 2 (DPDK's telemetry library guide): SEQPACKET; a greeting
// when a client comes, then a packet of JSON for each packet of the client's. It is served in
// control's loop, one request at a time. No client can hold it up: whoever does not read its
// replies is let go, and so is the one that has been silent for longest where there are too many
// clients or no descriptor is left for the next.
#ifndef CONTROL_TELEMETRY_SERVER_H
#define CONTROL_TELEMETRY_SERVER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  TELEMETRY_CLIENTS_MAX = 128,  // at once
  TELEMETRY_REQUEST_MAX = 1023, // bytes; what is longer is cut, as DPDK does it
  TELEMETRY_REPLY_MAX = 65536,  // bytes; announced in the greeting as max_output_len
  TELEMETRY_PATIENCE = 2,       // seconds that a reply waits to be read
};

struct event_base;
struct telemetry_server;

// Makes the reply to a request: allocated text of at most TELEMETRY_REPLY_MAX bytes; NULL: the
// client is let go.
typedef char *telemetry_reply(void *arg, const char *request);

// Listens at `path`, open to the process's own user only. A socket that a dead process left there
// is replaced. Returns 0, or -errno and a sentence in `error`. `greeting` is copied.
int telemetry_server_start(struct telemetry_server **server, struct event_base *base,
                           const char *path, const char *greeting, telemetry_reply *reply,
                           void *arg, char *error, size_t size);

// Lets all clients go and removes the socket. NULL is allowed.
void telemetry_server_stop(struct telemetry_server *server);

#ifdef __cplusplus
}
#endif
#endif
