// SPDX-License-Identifier: BSD-3-Clause
// What port.c (life cycle) and port_configure.c share. Nobody else includes this.
#ifndef CONTROL_PORT_INTERNAL_H
#define CONTROL_PORT_INTERNAL_H

#include <stddef.h>

struct port;

// fail() for a port: "ports.NAME.device: 'DEVICE': WHAT: CODE (DPDK says: …)".
int port_fail(const struct port *port, int code, const char *what, char *error, size_t size);

#endif
