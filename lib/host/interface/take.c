// SPDX-License-Identifier: BSD-3-Clause
// An abstract name of a socket (unix(7)) is the network namespace's own, as the interface is, and
// goes with the process, however that ends.
#include "host/interface/take.h"

#include <errno.h>
#include <net/if.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notes.h"
#include "base/text.h"
#include "config/config.h"
#include "host/unix_sockets.h"

static struct {
  unsigned n;
  char name[CONFIG_PORTS_MAX][IF_NAMESIZE];
} claimed;

static int no_interface(const char *name, char *why, size_t size)
{
  struct text_nearest nearest = {.text = name, .length = strlen(name)};
  struct if_nameindex *all = if_nameindex();
  for (unsigned i = 0; all != NULL && all[i].if_index != 0; i++)
    text_nearest_offer(&nearest, all[i].if_name);
  int status = fail(why, size, -ENODEV, "there is no interface '%s' here%s (`ip link` lists them)",
                    name, text_suggestion(&nearest).text);
  if (all != NULL)
    if_freenameindex(all);
  return status;
}

int interface_exists(const char *name, char *why, size_t size)
{
  return if_nametoindex(name) != 0 ? 0 : no_interface(name, why, size);
}

static int taken(const char *name, char *why, size_t size)
{
  return fail(why, size, -EADDRINUSE,
              "another platter has the interface '%s'; stop it, or choose another interface", name);
}

int interface_free(const char *name, char *why, size_t size)
{
  char wanted[64];
  snprintf(wanted, sizeof(wanted), "@platter/interface/%s", name);
  return unix_socket_listed(wanted, false) ? taken(name, why, size) : 0;
}

int interface_check(const char *name, char *why, size_t size)
{
  int status = interface_exists(name, why, size);
  if (status != 0)
    return status;
  int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0 && errno == EPERM)
    return fail(why, size, -EPERM,
                "packet sockets need the capability CAP_NET_RAW: run as root, or with "
                "AmbientCapabilities=CAP_NET_RAW in a service");
  if (fd >= 0)
    close(fd);
  return 0;
}

int interface_take(const char *name, char *why, size_t size)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  for (unsigned i = 0; i < claimed.n; i++)
    if (strcmp(claimed.name[i], name) == 0)
      return 0;
  if (claimed.n == CONFIG_PORTS_MAX)
    return 0;
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return 0;
  int length =
      snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "platter/interface/%s", name);
  int status = bind(fd, (const struct sockaddr *)&address,
                    offsetof(struct sockaddr_un, sun_path) + 1 + length);
  if (status != 0 && errno == EADDRINUSE) {
    close(fd);
    return taken(name, why, size);
  }
  if (status != 0) {
    close(fd); // then nobody can tell
    return 0;
  }
  snprintf(claimed.name[claimed.n++], IF_NAMESIZE, "%s", name);
  return 0;
}
