// SPDX-License-Identifier: BSD-3-Clause
#ifndef HOST_UNIX_SOCKETS_H
#define HOST_UNIX_SOCKETS_H

#include <stdbool.h>

// Whether a Unix socket of this network namespace has the name, as /proc/net/unix shows it: a path,
// or '@' and an abstract name. `listening`: only one that takes connections. Nobody is asked, so
// that nobody notices.
bool unix_socket_listed(const char *name, bool listening);

#endif
