// SPDX-License-Identifier: BSD-3-Clause
// The client's end of a socket that has a path.
#ifndef TESTS_SUPPORT_UNIX_SOCKET_H
#define TESTS_SUPPORT_UNIX_SOCKET_H

#include <string>

// Connects; `type`: SOCK_STREAM, SOCK_SEQPACKET. The caller closes what it gets. -1: nobody
// listens.
int connect_unix(const std::string &path, int type);

#endif
