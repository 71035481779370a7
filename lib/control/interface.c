// SPDX-License-Identifier: BSD-3-Clause
#include "control/interface.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Its IFF_… flags (netdevice(7)), 0 where there is no such interface.
static unsigned flags(unsigned index)
{
  struct ifreq request = {0};
  unsigned found = 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return 0;
  if (if_indextoname(index, request.ifr_name) != NULL && ioctl(fd, SIOCGIFFLAGS, &request) == 0)
    found = (unsigned short)request.ifr_flags;
  close(fd);
  return found;
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
