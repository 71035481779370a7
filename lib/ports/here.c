// SPDX-License-Identifier: BSD-3-Clause
// What a port's device needs of the machine, looked at for `platter check`: nothing is opened that
// somebody would notice, nothing is made. No EAL.
#include "ports/here.h"

#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>
#include <rte_kvargs.h>

#include "base/notes.h"
#include "host/capability.h"
#include "host/drivers.h"
#include "host/interface/interface.h"
#include "host/interface/take.h"
#include "host/pci.h"
#include "ports/output.h"
#include "ports/peers/socket.h"

// As net_pcap opens it. What is no file (a pipe) gives its bytes only once: that is left alone.
static int capture_opens(const char *path, char *why, size_t size)
{
  char words[PCAP_ERRBUF_SIZE] = "";
  struct stat file;
  if (strcmp(path, "-") == 0 || (stat(path, &file) == 0 && !S_ISREG(file.st_mode)))
    return 0;
  pcap_t *capture = pcap_open_offline(path, words);
  if (capture == NULL)
    return fail(why, size, -EINVAL, "the capture does not open: %s", words);
  pcap_close(capture);
  return 0;
}

static int pcap_argument(const char *key, const char *value, char *why, size_t size)
{
  if (strcmp(key, "rx_pcap") == 0)
    return capture_opens(value, why, size);
  if (strcmp(key, "tx_pcap") == 0)
    return port_output_check(value, why, size);
  if (strcmp(key, "rx_iface") == 0 || strcmp(key, "rx_iface_in") == 0 ||
      strcmp(key, "tx_iface") == 0)
    return interface_check(value, why, size);
  return 0;
}

static int check_af_xdp(const char *key, const char *value, char *why, size_t size)
{
  if (capability_here(CAPABILITY_SYS_ADMIN) ||
      (capability_here(CAPABILITY_NET_ADMIN) && capability_here(CAPABILITY_BPF)))
    return 0;
  return fail(why, size, -EPERM,
              "AF_XDP needs the capabilities CAP_NET_ADMIN and CAP_BPF: run as root, or with "
              "AmbientCapabilities= in a service");
}

// An interface that is there already must be a tap.
static int tap_interface(const char *name, char *why, size_t size)
{
  unsigned index = if_nametoindex(name);
  if (index == 0 || interface_is_tap(index))
    return 0;
  return fail(why, size, -EBUSY,
              "there is an interface '%s' already, which is no tap; choose another iface", name);
}

static int check_tap(const char *key, const char *value, char *why, size_t size)
{
  if (key != NULL && strcmp(key, "iface") == 0)
    return tap_interface(value, why, size);
  if (key != NULL)
    return strcmp(key, "remote") == 0 ? interface_exists(value, why, size) : 0;
  if (eaccess("/dev/net/tun", R_OK | W_OK) != 0)
    return fail(why, size, -errno,
                "taps need /dev/net/tun (%s); `sudo modprobe tun` makes it, and a container needs "
                "it passed in",
                strerror(errno));
  if (!capability_here(CAPABILITY_NET_ADMIN))
    return fail(why, size, -EPERM,
                "making a tap needs the capability CAP_NET_ADMIN: run as root, or with "
                "AmbientCapabilities=CAP_NET_ADMIN in a service");
  return 0;
}

// Of one that connects: a socket that a backend has made, or the kernel's.
static int check_virtio_user(const char *key, const char *value, char *why, size_t size)
{
  struct stat file;
  if (key == NULL || strcmp(key, "path") != 0)
    return 0;
  if (stat(value, &file) != 0)
    return fail(why, size, -errno, "'%s': %s; start the vhost-user backend that makes it first",
                value, strerror(errno));
  if (eaccess(value, R_OK | W_OK) != 0)
    return fail(why, size, -errno, "'%s' may not be used (%s)", value, strerror(errno));
  return 0;
}

// Asked once without a key, and then for each argument.
typedef int check_argument(const char *key, const char *value, char *why, size_t size);

static int check_pcap(const char *key, const char *value, char *why, size_t size)
{
  return key != NULL ? pcap_argument(key, value, why, size) : 0;
}

static int check_replay(const char *key, const char *value, char *why, size_t size)
{
  return key != NULL && strcmp(key, "out") == 0 ? port_output_check(value, why, size) : 0;
}

static check_argument *check_of(const char *driver, const char *arguments)
{
  char path[8];
  if (strcmp(driver, "net_pcap") == 0)
    return check_pcap;
  if (strcmp(driver, "replay") == 0)
    return check_replay;
  if (strcmp(driver, "net_af_xdp") == 0)
    return check_af_xdp;
  if (strcmp(driver, "net_tap") == 0 || strcmp(driver, "net_tun") == 0)
    return check_tap;
  if (strcmp(driver, "net_virtio_user") == 0 &&
      !peer_socket_alone(driver, arguments, path, sizeof(path)))
    return check_virtio_user;
  return NULL;
}

static int check_arguments(const char *driver, const char *arguments, char *why, size_t size)
{
  check_argument *check = check_of(driver, arguments);
  int status = check != NULL ? check(NULL, NULL, why, size) : 0;
  struct rte_kvargs *read = check != NULL ? rte_kvargs_parse(arguments, NULL) : NULL;
  for (unsigned i = 0; read != NULL && i < read->count && status == 0; i++)
    if (read->pairs[i].value != NULL)
      status = check(read->pairs[i].key, read->pairs[i].value, why, size);
  rte_kvargs_free(read);
  return status;
}

static int check_interface(const char *name, char *why, size_t size)
{
  int status = *name != '\0' ? interface_check(name, why, size) : 0;
  if (status == 0 && *name != '\0')
    status = interface_free(name, why, size);
  return status;
}

int here_device_check(const char *device, const struct device_facts *facts, char *why, size_t size)
{
  const char *comma = strchr(device, ','), *arguments = comma != NULL ? comma + 1 : "";
  struct pci_view here = pci_view_here();
  if (facts->pci)
    return pci_check(&here, facts->name, 0, why, size);
  int status = check_interface(facts->interface, why, size);
  if (status == 0)
    status = peer_socket_check(facts->driver, arguments, why, size);
  if (status == 0 && facts->driver != NULL)
    status = check_arguments(facts->driver, arguments, why, size);
  return status;
}

int here_driver_check(const struct device_facts *facts, const json_t *drivers, char *why,
                      size_t size)
{
  struct pci_view here = pci_view_here();
  unsigned vendor = 0, id = 0;
  const char *name = facts->driver != NULL ? facts->driver : facts->name;
  if (facts->pci) {
    int status = pci_ready(&here, facts->name, why, size);
    if (status == 0 && pci_identity(&here, facts->name, &vendor, &id) &&
        !drivers_take(drivers, vendor, id))
      status =
          fail(why, size, -ENODEV, "no driver of DPDK takes this device (%04x:%04x)", vendor, id);
    return status;
  }
  if (strcmp(name, "replay") == 0) // stands on this, or on net_pcap, which platter needs as much
    name = "net_null";
  if (drivers_have(drivers, name))
    return 0;
  return fail(why, size, -ENODEV, "DPDK has no driver of this name here (none in %s)",
              drivers_directory());
}
