// SPDX-License-Identifier: BSD-3-Clause
#include "control/interface.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// Asks the kernel about the interface, or tells it (netdevice(7)): SIOCGIFFLAGS… Returns 0 or
// -errno.
static int ask(unsigned long what, unsigned index, struct ifreq *request)
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
  return ask(SIOCGIFFLAGS, index, &request) == 0 ? (unsigned short)request.ifr_flags : 0;
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
  int status = ask(SIOCGIFMTU, index, &request);
  return status != 0 ? status : request.ifr_mtu;
}

int interface_set_up(unsigned index, bool up)
{
  struct ifreq request = {0};
  int status = ask(SIOCGIFFLAGS, index, &request);
  if (status != 0)
    return status;
  request.ifr_flags = up ? request.ifr_flags | IFF_UP : request.ifr_flags & ~IFF_UP;
  return ask(SIOCSIFFLAGS, index, &request);
}
