// SPDX-License-Identifier: BSD-3-Clause
#include "host/interface/interface.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int interface_ask(unsigned long what, unsigned index, struct ifreq *request)
{
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int status =
      fd < 0 || if_indextoname(index, request->ifr_name) == NULL || ioctl(fd, what, request) != 0
          ? -errno
          : 0;
  if (fd >= 0)
    close(fd);
  return status;
}

// Its IFF_… flags (netdevice(7)), 0 where there is no such interface.
static unsigned flags(unsigned index)
{
  struct ifreq request = {0};
  return interface_ask(SIOCGIFFLAGS, index, &request) == 0 ? (unsigned short)request.ifr_flags : 0;
}

bool interface_running(unsigned index)
{
  unsigned both = IFF_UP | IFF_RUNNING;
  return (flags(index) & both) == both;
}

bool interface_promiscuous(unsigned index)
{
  return flags(index) & IFF_PROMISC;
}

int interface_mtu(unsigned index)
{
  struct ifreq request = {0};
  int status = interface_ask(SIOCGIFMTU, index, &request);
  return status != 0 ? status : request.ifr_mtu;
}

int interface_set_mtu(unsigned index, int mtu)
{
  struct ifreq request = {.ifr_mtu = mtu};
  return interface_ask(SIOCSIFMTU, index, &request);
}

static int set_flag(unsigned index, int flag, bool on)
{
  struct ifreq request = {0};
  int status = interface_ask(SIOCGIFFLAGS, index, &request);
  if (status != 0)
    return status;
  request.ifr_flags = on ? request.ifr_flags | flag : request.ifr_flags & ~flag;
  return interface_ask(SIOCSIFFLAGS, index, &request);
}

int interface_set_promiscuous(unsigned index, bool on)
{
  return set_flag(index, IFF_PROMISC, on);
}

int interface_is_up(unsigned index)
{
  struct ifreq request = {0};
  int status = interface_ask(SIOCGIFFLAGS, index, &request);
  return status != 0 ? status : (request.ifr_flags & IFF_UP) != 0;
}

int interface_set_up(unsigned index, bool up)
{
  return set_flag(index, IFF_UP, up);
}

bool interface_is_tap(unsigned index)
{
  struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
  struct ifreq request = {.ifr_data = (void *)&info};
  return interface_ask(SIOCETHTOOL, index, &request) == 0 && strcmp(info.driver, "tun") == 0;
}

// A line of /proc/net/dev: "NAME: " and eight numbers of receipt, then packets sent by bytes,
// packets, errors and drops (net/core/net-procfs.c, dev_seq_printf_stats).
bool interface_undelivered(const char *name, uint64_t *packets)
{
  FILE *in = fopen("/proc/thread-self/net/dev", "re");
  char line[512];
  bool found = false;
  while (in != NULL && !found && fgets(line, sizeof(line), in) != NULL) {
    char *start = line + strspn(line, " "), *colon = strchr(start, ':');
    if (colon == NULL || (size_t)(colon - start) != strlen(name) ||
        memcmp(start, name, colon - start) != 0)
      continue;
    found = sscanf(colon + 1, "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %" SCNu64, packets) == 1;
  }
  if (in != NULL)
    fclose(in);
  return found;
}
