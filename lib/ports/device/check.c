// SPDX-License-Identifier: BSD-3-Clause
#include "ports/device/check.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "ports/device/device.h"

// Virtual drivers that users name: for suggestions.
static const char *const drivers[] = {"net_af_packet", "net_af_xdp",      "net_memif",  "net_null",
                                      "net_pcap",      "net_ring",        "net_tap",    "net_tun",
                                      "net_vhost",     "net_virtio_user", "net_bonding"};

// Those that stand on an interface of the kernel's, by `iface`, and those that make one.
static bool stands_on_interface(const char *driver)
{
  return strcmp(driver, "net_af_packet") == 0 || strcmp(driver, "net_af_xdp") == 0;
}

static bool makes_interface(const char *driver)
{
  return strcmp(driver, "net_tap") == 0 || strcmp(driver, "net_tun") == 0;
}

// The value of a key among the arguments ("key=value,…", or NULL), and its length. NULL: not there.
static const char *value_of(const char *arguments, const char *key, size_t *length)
{
  size_t n = strlen(key);
  for (const char *at = arguments; at != NULL && *at != '\0'; at = strchr(at, ',')) {
    at += *at == ',';
    if (strncmp(at, key, n) == 0 && at[n] == '=') {
      *length = strcspn(at + n + 1, ",");
      return at + n + 1;
    }
  }
  return NULL;
}

// "net_afpacket0": a name that no driver of DPDK's has, and nearly one that it has.
static void check_driver(const struct config_port *port, struct config_errors *errors)
{
  size_t length = strcspn(port->device, ","), letters = length;
  while (letters > 0 && strchr("0123456789", port->device[letters - 1]) != NULL)
    letters--;
  struct text_nearest nearest = {.text = port->device, .length = letters};
  for (unsigned i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
    text_nearest_offer(&nearest, drivers[i]);
  if (nearest.best != NULL)
    config_error_add(errors, port->device_place,
                     "ports.%s.device: DPDK has no driver '%.*s'; did you mean '%s%s'?", port->name,
                     (int)letters, port->device, nearest.best, port->device + letters);
}

// What stands in the place of `iface`, or nothing.
static struct text_shown misspelt(const char *arguments)
{
  struct text_shown none = {""};
  for (const char *at = arguments; at != NULL && *at != '\0'; at = strchr(at, ',')) {
    at += *at == ',';
    struct text_nearest nearest = {.text = at, .length = strcspn(at, "=,")};
    text_nearest_offer(&nearest, "iface");
    if (nearest.best != NULL && nearest.distance > 0) {
      snprintf(none.text, sizeof(none.text), ", found '%.*s'", (int)nearest.length, nearest.text);
      return none;
    }
  }
  return none;
}

static void check_interface(const struct config_port *port, const char *driver,
                            struct config_errors *errors)
{
  const char *comma = strchr(port->device, ','), *arguments = comma != NULL ? comma + 1 : NULL;
  size_t length = 0;
  const char *name = value_of(arguments, "iface", &length);
  if (stands_on_interface(driver) && length == 0)
    config_error_add(errors, port->device_place,
                     "ports.%s.device: expected the kernel's interface by iface=%s, as in "
                     "'%.*s,iface=eth0'",
                     port->name, misspelt(arguments).text, (int)strcspn(port->device, ","),
                     port->device);
  else if ((stands_on_interface(driver) || makes_interface(driver)) && length >= IFNAMSIZ)
    config_error_add(errors, port->device_place,
                     "ports.%s.device: iface: an interface's name has at most %d characters, found "
                     "'%s'",
                     port->name, IFNAMSIZ - 1, text_show(name, length).text);
}

// Two ports on one interface would each take half of the other's packets, or each all of them. The
// same name for two taps is one tap.
static void check_own(const struct config *config, unsigned number, const char *driver,
                      struct config_errors *errors)
{
  const struct config_port *port = &config->ports[number];
  const char *comma = strchr(port->device, ','), *name;
  size_t length;
  if (comma == NULL ||
      !(stands_on_interface(driver) || makes_interface(driver) || strcmp(driver, "net_pcap") == 0))
    return;
  name = value_of(comma + 1, "iface", &length);
  for (unsigned i = 0; name != NULL && length > 0 && i < number; i++) {
    const struct config_port *other = &config->ports[i];
    const char *others = strchr(other->device, ',');
    struct device_facts facts;
    size_t n = 0;
    const char *same = value_of(others != NULL ? others + 1 : NULL, "iface", &n);
    if (same == NULL || n != length || memcmp(same, name, n) != 0 ||
        !device_facts(other->device, &facts) || facts.driver == NULL ||
        strcmp(facts.driver, "net_vhost") == 0)
      continue;
    config_error_add(errors, port->device_place,
                     "ports.%s.device: expected an interface of its own, found '%s', which is that "
                     "of port '%s' on line %d already",
                     port->name, text_show(name, length).text, other->name,
                     other->device_place.line);
    return;
  }
}

void devices_check(const struct config *config, struct config_errors *errors)
{
  for (unsigned i = 0; i < config->n_ports; i++) {
    struct device_facts facts;
    if (!device_facts(config->ports[i].device, &facts) || facts.pci)
      continue;
    if (facts.driver == NULL) {
      check_driver(&config->ports[i], errors);
      continue;
    }
    check_interface(&config->ports[i], facts.driver, errors);
    check_own(config, i, facts.driver, errors);
  }
}
