// SPDX-License-Identifier: BSD-3-Clause
// Asks platter's telemetry in the emulated machine, where there is no Python:
//   ask RUNTIME_DIRECTORY COMMAND
// prints the reply, which is JSON. Status 1 where nobody answers.
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char reply[32768];

  if (argc != 3)
    return 2;
  snprintf(address.sun_path, sizeof(address.sun_path), "%s/dpdk_telemetry.v2", argv[1]);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
    return 1;
  if (recv(fd, reply, sizeof(reply), 0) <= 0) // the greeting
    return 1;
  if (send(fd, argv[2], strlen(argv[2]), MSG_NOSIGNAL) < 0)
    return 1;
  ssize_t n = recv(fd, reply, sizeof(reply), 0);
  if (n <= 0)
    return 1;
  fwrite(reply, 1, n, stdout);
  return 0;
}
