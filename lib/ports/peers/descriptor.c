// SPDX-License-Identifier: BSD-3-Clause
#include "ports/peers/descriptor.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

unsigned peer_descriptors(struct msghdr *message, int *fds)
{
  unsigned n = 0;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
    size_t bytes = c->cmsg_len - CMSG_LEN(0);
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    for (size_t i = 0; i < bytes / sizeof(int) && n < PEER_DESCRIPTORS_MAX; i++)
      memcpy(&fds[n++], CMSG_DATA(c) + i * sizeof(int), sizeof(int));
  }
  return n;
}

void peer_descriptors_drop(struct msghdr *message, const int *fds, unsigned n)
{
  for (unsigned i = 0; i < n; i++)
    close(fds[i]);
  message->msg_controllen = 0;
}

bool peer_descriptor_is_eventfd(int fd)
{
  char path[64], target[64] = "";
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
  ssize_t length = readlink(path, target, sizeof(target) - 1);
  int flags = fcntl(fd, F_GETFL);
  return length > 0 && strcmp(target, "anon_inode:[eventfd]") == 0 && flags >= 0 &&
         fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

bool peer_descriptor_holds(int fd, uint64_t bytes)
{
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && (uint64_t)file.st_size >= bytes;
}
