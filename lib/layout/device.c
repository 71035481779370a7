// SPDX-License-Identifier: BSD-3-Clause
// One row per virtual driver. The vdev bus gives a device to the driver whose name, or alias, its
// name begins with (drivers/bus/vdev/vdev.c, vdev_parse), and so does the search here. The numbers
// are what rte_eth_dev_info_get reports as max_tx_queues; the source of each row, below
// drivers/net of DPDK 22.11, stands above it.
#include "layout/device.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct device_driver {
  const char *name;
  const char *alias;      // the older prefix that DPDK accepts too, or NULL
  const char *queues_key; // the argument that sets the number of queues, or NULL
  unsigned queues;        // without that argument; 0: not known without the device
  unsigned (*count)(const char *arguments); // where neither is enough
  const char *copies;                       // NULL: unknown
  unsigned descriptors;
  bool holds_sent;
  bool keeps_mbufs;
  const char *interface_key; // the argument that names the kernel's interface, or NULL
};

#define COPIES_BOTH    "on receive and transmit"
#define COPIES_NOTHING "nothing"

static unsigned pcap_tx_queues(const char *arguments);
static unsigned replay_tx_queues(const char *arguments);

static const struct device_driver drivers[] = {
    // af_packet/rte_eth_af_packet.c: memcpy from and to the kernel's ring in both bursts.
    {"net_af_packet", "eth_af_packet", "qpairs", 1, NULL, COPIES_BOTH, .interface_key = "iface"},
    // af_xdp/rte_eth_af_xdp.c: receive hands out the frame itself; af_xdp_tx_zc copies what is not
    // from the mempool that the queue was set up with. What the kernel does below depends on the
    // NIC. xsk_configure takes XSK_RING_CONS__DEFAULT_NUM_DESCS mbufs for a queue's fill ring, and
    // eth_dev_close forgets them.
    {"net_af_xdp", NULL, "queue_count", 1, NULL, "on transmit, packets of another memory pool",
     2048, true, true, "iface"},
    // bonding/rte_eth_bond_pmd.c: as many queues as the member with the fewest, which are unknown
    // here; what is copied is up to the members.
    {"net_bonding", "eth_bond", NULL, 0, NULL, NULL, .holds_sent = true},
    // memif/rte_eth_memif.c: the driver says 255, but the client decides at connection how many
    // rings there are, and a queue of the server's that got none points at the first ring of all
    // (memif_get_ring_from_queue), so that two workers would write one ring. One is always there.
    // Only a client with zero-copy=yes exchanges its buffers by reference.
    {"net_memif", NULL, NULL, 1, NULL, COPIES_BOTH ", but for a client with zero-copy=yes",
     .holds_sent = true},
    // null/rte_eth_null.c: more queues than platter has workers (RTE_MAX_QUEUES_PER_PORT).
    {"net_null", "eth_null", NULL, 1024, NULL, COPIES_NOTHING},
    // pcap/pcap_ethdev.c: memcpy on receive; transmit writes to libpcap's file or socket.
    {"net_pcap", "eth_pcap", NULL, 0, pcap_tx_queues, COPIES_BOTH, .interface_key = "iface"},
    // ring/rte_eth_ring.c: eth_dev_ring_create always makes RTE_PMD_RING_MAX_TX_RINGS.
    {"net_ring", "eth_ring", NULL, 16, NULL, COPIES_NOTHING, .holds_sent = true},
    // tap/rte_eth_tap.c: TAP_MAX_QUEUES; readv and writev copy in the kernel.
    {"net_tap", "eth_tap", NULL, 16, NULL, COPIES_BOTH},
    {"net_tun", NULL, NULL, 16, NULL, COPIES_BOTH},
    // vhost/rte_eth_vhost.c, lib/vhost/virtio_net.c: copies between guest memory and mbufs.
    {"net_vhost", "eth_vhost", "queues", 1, NULL, COPIES_BOTH},
    // virtio/virtio_user_ethdev.c: the descriptors point at the mbufs; the other side copies.
    {"net_virtio_user", "virtio_user", "queues", 1, NULL,
     COPIES_NOTHING ", but the other side does", .holds_sent = true},
    // platter's own (lib/replay), on net_null or, with `out`, on net_pcap.
    {"replay", NULL, NULL, 0, replay_tx_queues, COPIES_NOTHING},
};

enum { N_DRIVERS = sizeof(drivers) / sizeof(drivers[0]) };

struct argument {
  const char *key;
  size_t key_length;
  const char *value; // up to the next comma; "" without '='
};

// Finds the next "key=value" or "key" at *arguments and moves *arguments on. False at the end.
static bool next_argument(const char **arguments, struct argument *argument)
{
  const char *start = *arguments + strspn(*arguments, ",");
  size_t length = strcspn(start, ",");
  size_t key_length = strcspn(start, "=,");
  *arguments = start + length;
  argument->key = start;
  argument->key_length = key_length;
  argument->value = start[key_length] == '=' ? start + key_length + 1 : "";
  return length > 0;
}

static bool key_is(const struct argument *argument, const char *key)
{
  return strlen(key) == argument->key_length &&
         memcmp(argument->key, key, argument->key_length) == 0;
}

static unsigned count_key(const char *arguments, const char *key)
{
  struct argument argument;
  unsigned n = 0;
  while (next_argument(&arguments, &argument))
    n += key_is(&argument, key);
  return n;
}

// The number that `key` is given, `missing` where it is not given, 0 where it is no number (the
// driver will say so).
static unsigned read_key(const char *arguments, const char *key, unsigned missing)
{
  struct argument argument;
  unsigned long value = missing;
  while (next_argument(&arguments, &argument)) {
    if (!key_is(&argument, key))
      continue;
    char *end;
    value = strtoul(argument.value, &end, 10);
    if (!isdigit((unsigned char)argument.value[0]) || (*end != '\0' && *end != ',') ||
        value > UINT16_MAX)
      value = 0;
  }
  return (unsigned)value;
}

// The kernel's name of an interface is shorter than the field, or it is none.
static void read_interface(const char *arguments, const char *key, struct device_facts *facts)
{
  struct argument argument;
  while (key != NULL && next_argument(&arguments, &argument)) {
    size_t length = strcspn(argument.value, ",");
    if (!key_is(&argument, key) || length >= sizeof(facts->interface))
      continue;
    memcpy(facts->interface, argument.value, length);
    facts->interface[length] = '\0';
  }
}

// pmd_pcap_probe: one queue for `iface`; else one for each transmit argument, files before
// interfaces; else one for each receive argument, whose frames are dropped.
static unsigned pcap_tx_queues(const char *arguments)
{
  if (count_key(arguments, "iface") == 1)
    return 1;
  static const char *const kinds[] = {"tx_pcap", "tx_iface", "rx_pcap"};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
    unsigned n = count_key(arguments, kinds[i]);
    if (n > 0)
      return n;
  }
  return count_key(arguments, "rx_iface") + count_key(arguments, "rx_iface_in");
}

// As the driver that it stands on.
static unsigned replay_tx_queues(const char *arguments)
{
  return count_key(arguments, "out") > 0 ? 1 : 1024;
}

// Reads up to `digits` hexadecimal digits and the delimiter after them. Returns what follows the
// delimiter, or NULL.
static const char *read_hex(const char *text, size_t digits, char delimiter, unsigned *value)
{
  size_t n = strspn(text, "0123456789abcdefABCDEF");
  if (n < 1 || n > digits || text[n] != delimiter)
    return NULL;
  *value = (unsigned)strtoul(text, NULL, 16);
  return text + n + 1;
}

// DOMAIN:BUS:DEVICE.FUNCTION or BUS:DEVICE.FUNCTION (PCI Local Bus 3.0, section 3.2.2.3.2: 8, 5
// and 3 bits; domains beyond 16 bits exist behind Intel VMD).
static bool read_pci(const char *text, struct device_facts *facts)
{
  unsigned domain = 0, bus, device, function;
  size_t length = strcspn(text, ",");
  char address[sizeof("12345678:12:12.1")];
  if (length >= sizeof(address))
    return false;
  memcpy(address, text, length);
  address[length] = '\0';
  const char *rest = address;
  const char *colon = strchr(address, ':');
  if (colon != NULL && strchr(colon + 1, ':') != NULL)
    rest = read_hex(rest, 8, ':', &domain);
  if (rest == NULL || (rest = read_hex(rest, 2, ':', &bus)) == NULL ||
      (rest = read_hex(rest, 2, '.', &device)) == NULL ||
      read_hex(rest, 1, '\0', &function) == NULL || device > 31 || function > 7)
    return false;
  facts->pci = true;
  facts->holds_sent = true;
  snprintf(facts->name, sizeof(facts->name), "%04x:%02x:%02x.%x", domain, bus, device, function);
  return true;
}

static bool begins_with(const char *text, const char *prefix)
{
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static const struct device_driver *find_by_prefix(const char *name)
{
  for (size_t i = 0; i < N_DRIVERS; i++) {
    if (begins_with(name, drivers[i].name) ||
        (drivers[i].alias != NULL && begins_with(name, drivers[i].alias)))
      return &drivers[i];
  }
  return NULL;
}

static bool is_name(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && strchr("_-.", text[i]) == NULL)
      return false;
  }
  return length > 0 && length <= DEVICE_NAME_MAX;
}

static bool read_vdev(const char *device, struct device_facts *facts)
{
  size_t length = strcspn(device, ",");
  if (!is_name(device, length))
    return false;
  memcpy(facts->name, device, length);
  const struct device_driver *driver = find_by_prefix(facts->name);
  facts->holds_sent = driver == NULL;
  if (driver == NULL)
    return begins_with(facts->name, "net_") && length > strlen("net_");
  const char *arguments = device + length;
  facts->driver = driver->name;
  facts->copies = driver->copies;
  if (strcmp(driver->name, "net_null") == 0 && read_key(arguments, "copy", 0) != 0)
    facts->copies = COPIES_BOTH; // eth_null_copy_rx, eth_null_copy_tx
  facts->descriptors = driver->descriptors;
  if (strcmp(driver->name, "replay") == 0 && count_key(arguments, "out") > 0)
    facts->copies = "on transmit";
  facts->holds_sent = driver->holds_sent;
  facts->keeps_mbufs = driver->keeps_mbufs;
  read_interface(arguments, driver->interface_key, facts);
  if (driver->count != NULL)
    facts->tx_queues = driver->count(arguments);
  else if (driver->queues_key != NULL)
    facts->tx_queues = read_key(arguments, driver->queues_key, driver->queues);
  else
    facts->tx_queues = driver->queues;
  return true;
}

bool device_facts(const char *device, struct device_facts *facts)
{
  *facts = (struct device_facts){0};
  return read_pci(device, facts) || read_vdev(device, facts);
}

// By reading the drivers below drivers/net of DPDK 22.11: the NIC reads and writes the mbufs, and
// no copy is in their bursts, but for vmxnet3/vmxnet3_rxtx.c: frames of up to 128 bytes go by way
// of data rings, in both directions.
const char *device_nic_copies(const char *driver)
{
  static const char *const nothing[] = {"net_e1000_", "net_igc", "net_ixgbe",
                                        "net_i40e",   "net_ice", "net_iavf"};
  for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++)
    if (begins_with(driver, nothing[i]))
      return COPIES_NOTHING;
  if (begins_with(driver, "net_vmxnet3"))
    return "short frames, on receive and transmit";
  if (begins_with(driver, "net_virtio"))
    return COPIES_NOTHING ", but the other side does";
  return NULL;
}
