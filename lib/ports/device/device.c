// SPDX-License-Identifier: BSD-3-Clause
#include "ports/device/device.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ports/device/arguments.h"

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
  facts->special = driver_of_nic("");
  snprintf(facts->name, sizeof(facts->name), "%04x:%02x:%02x.%x", domain, bus, device, function);
  return true;
}

static bool is_name(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && strchr("_-.", text[i]) == NULL)
      return false;
  }
  return length > 0 && length <= DEVICE_NAME_MAX;
}

static unsigned read_queues(const struct driver *driver, const char *arguments)
{
  if (driver->count != NULL)
    return driver->count(arguments);
  if (driver->queues_key != NULL)
    return arguments_number(arguments, driver->queues_key, driver->queues);
  return driver->queues;
}

// As many as transmit queues, but for drivers that count them by their arguments: net_pcap has one
// for each that it receives by (pmd_pcap_probe), if there is any.
static unsigned read_rx_queues(const struct driver *driver, const char *arguments)
{
  if (driver->count == NULL)
    return read_queues(driver, arguments);
  if (arguments_count(arguments, "iface") == 1)
    return 1;
  unsigned files = arguments_count(arguments, "rx_pcap");
  return files > 0
             ? files
             : arguments_count(arguments, "rx_iface") + arguments_count(arguments, "rx_iface_in");
}

// What two drivers copy depends on their arguments.
static const char *read_copies(const struct driver *driver, const char *arguments)
{
  if (strcmp(driver->name, "net_null") == 0 && arguments_number(arguments, "copy", 0) != 0)
    return "on receive and transmit"; // eth_null_copy_rx, eth_null_copy_tx
  if (strcmp(driver->name, "replay") == 0 && arguments_count(arguments, "out") > 0)
    return "on transmit";
  return driver->copies;
}

static void read_interfaces(const struct driver *driver, const char *arguments,
                            struct device_facts *facts)
{
  if (driver->interface_key == NULL)
    return;
  arguments_text(arguments, driver->interface_key, facts->interface, sizeof(facts->interface));
  memcpy(facts->sender, facts->interface, sizeof(facts->sender));
  if (driver->sender_key != NULL && facts->sender[0] == '\0')
    arguments_text(arguments, driver->sender_key, facts->sender, sizeof(facts->sender));
}

static void read_buffer(const struct driver *driver, const char *arguments,
                        struct device_facts *facts)
{
  unsigned buffer = driver->buffer;
  if (driver->buffer_key != NULL)
    buffer = arguments_number(arguments, driver->buffer_key, buffer);
  if (buffer > driver->send_overhead)
    facts->sends = buffer - driver->send_overhead;
  if (driver->receive_overhead > 0 && buffer > driver->receive_overhead)
    facts->cuts = buffer - driver->receive_overhead;
}

static bool read_vdev(const char *device, struct device_facts *facts)
{
  size_t length = strcspn(device, ",");
  if (!is_name(device, length))
    return false;
  memcpy(facts->name, device, length);
  const struct driver *driver = driver_of_vdev(facts->name);
  if (driver == NULL)
    return strncmp(facts->name, "net_", strlen("net_")) == 0 && length > strlen("net_");
  facts->special = driver;
  const char *arguments = device + length;
  facts->driver = driver->name;
  facts->copies = read_copies(driver, arguments);
  facts->tx_queues = read_queues(driver, arguments);
  facts->rx_queues = read_rx_queues(driver, arguments);
  read_interfaces(driver, arguments, facts);
  read_buffer(driver, arguments, facts);
  return true;
}

bool device_facts(const char *device, struct device_facts *facts)
{
  static const struct driver unknown = {.name = "", .holds_sent = true};
  *facts = (struct device_facts){.special = &unknown};
  return read_pci(device, facts) || read_vdev(device, facts);
}

void device_is_nic(struct device_facts *facts, const char *driver)
{
  facts->special = driver_of_nic(driver);
  facts->copies = facts->special->copies;
}
