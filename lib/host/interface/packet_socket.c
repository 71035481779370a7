// SPDX-License-Identifier: BSD-3-Clause
#include "host/interface/packet_socket.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// DPDK's af_packet driver has the kernel put the fragments of IPv4 packets together
// (drivers/net/af_packet, rte_pmd_init_internals: PACKET_FANOUT_FLAG_DEFRAG), for them to come to
// the queue of their flow. What is handed over then is not what came in, and mostly longer than the
// ring's slots. The function below stands in front of the C library's for every shared object of
// the process, and takes that wish out; a fragment's queue follows from its addresses then, as it
// does in a NIC.
int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
  int fanout;
  if (level == SOL_PACKET && name == PACKET_FANOUT && length == sizeof(fanout)) {
    memcpy(&fanout, value, sizeof(fanout));
    fanout &= ~(PACKET_FANOUT_FLAG_DEFRAG << 16);
    value = &fanout;
  }
  return syscall(SYS_setsockopt, fd, level, name, value, length);
}

static bool is_bound(int fd, unsigned index)
{
  struct sockaddr_ll address = {0};
  socklen_t length = sizeof(address);
  return getsockname(fd, (struct sockaddr *)&address, &length) == 0 &&
         address.sll_family == AF_PACKET && address.sll_ifindex == (int)index;
}

void packet_sockets_find(struct packet_sockets *sockets, unsigned index)
{
  DIR *open_files = opendir("/proc/self/fd");
  struct dirent *entry;
  sockets->n = 0;
  while (open_files != NULL && (entry = readdir(open_files)) != NULL) {
    int fd = atoi(entry->d_name); // of "." and "..": 0, which is no packet socket
    if (sockets->n < PACKET_SOCKETS_MAX && is_bound(fd, index))
      sockets->fd[sockets->n++] = fd;
  }
  if (open_files != NULL)
    closedir(open_files);
}

// The kernel begins from 0 each time that it is asked.
uint64_t packet_sockets_lost(const struct packet_sockets *sockets)
{
  uint64_t sum = 0;
  for (unsigned i = 0; i < sockets->n; i++) {
    struct tpacket_stats stats = {0};
    socklen_t length = sizeof(stats);
    if (getsockopt(sockets->fd[i], SOL_PACKET, PACKET_STATISTICS, &stats, &length) == 0)
      sum += stats.tp_drops;
  }
  return sum;
}

int packet_socket_hear_all(unsigned index)
{
  struct packet_mreq request = {.mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC};
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); // of no protocol: it receives nothing
  if (fd < 0)
    return -errno;
  if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof(request)) == 0)
    return fd;
  int status = -errno;
  close(fd);
  return status;
}
