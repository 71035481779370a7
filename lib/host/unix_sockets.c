// SPDX-License-Identifier: BSD-3-Clause
// A line is, since Linux 2.6.12 (net/unix/af_unix.c, unix_seq_show):
//
//   Num       RefCount Protocol Flags    Type St Inode Path
//   0000000…: 00000002 00000000 00010000 0005 01 20573 /run/platter.sock
#include "host/unix_sockets.h"

#include <stdio.h>
#include <string.h>

enum { ACCEPTS = 1 << 16 }; // __SO_ACCEPTCON, linux/net.h

bool unix_socket_listed(const char *name, bool listening)
{
  char line[512];
  bool found = false;
  FILE *in = fopen("/proc/thread-self/net/unix", "re");
  while (in != NULL && !found && fgets(line, sizeof(line), in) != NULL) {
    unsigned flags;
    int path = 0;
    line[strcspn(line, "\n")] = '\0';
    found = sscanf(line, "%*s %*s %*s %x %*s %*s %*s %n", &flags, &path) == 1 && path > 0 &&
            strcmp(line + path, name) == 0 && (!listening || (flags & ACCEPTS));
  }
  if (in != NULL)
    fclose(in);
  return found;
}
