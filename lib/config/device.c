// SPDX-License-Identifier: BSD-3-Clause
// A device as a configuration writes it: a PCI address ("03:00.0", "0000:03:00.0") or a virtual
// device of DPDK ("net_af_packet0"), either with arguments after a comma; or a replay port.
#include "config/sections.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config/replay.h"

enum { DEVICE_NAME_LONGEST = 63 }; // RTE_DEV_NAME_MAX_LEN of DPDK, less the NUL

// "03:00.0" against "xx:xx.o", where 'x' is a hexadecimal digit and 'o' an octal one.
static bool matches(const char *text, size_t length, const char *pattern)
{
  if (length != strlen(pattern))
    return false;
  for (size_t i = 0; i < length; i++) {
    if (pattern[i] == 'x'   ? !isxdigit((unsigned char)text[i])
        : pattern[i] == 'o' ? text[i] < '0' || text[i] > '7'
                            : text[i] != pattern[i])
      return false;
  }
  return true;
}

static bool is_short_pci(const char *text, size_t length)
{
  return matches(text, length, "xx:xx.o") && text[3] <= '1'; // a bus has 32 devices
}

static bool is_virtual(const char *text, size_t length)
{
  static const char prefix[] = "net_";
  const size_t prefix_length = sizeof(prefix) - 1;
  if (length <= prefix_length || length > DEVICE_NAME_LONGEST ||
      memcmp(text, prefix, prefix_length) != 0)
    return false;
  for (size_t i = prefix_length; i < length; i++) {
    if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
      return false;
  }
  return true;
}

static bool has_control(const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    if (iscntrl((unsigned char)text[i]))
      return true;
  }
  return false;
}

char *config_device_normal(const char *text, size_t length, bool *invalid)
{
  static const char domain[] = "0000:";
  const size_t domain_length = sizeof(domain) - 1;
  const char *comma = memchr(text, ',', length);
  size_t name = comma == NULL ? length : (size_t)(comma - text);
  bool is_short = is_short_pci(text, name);
  bool is_pci = is_short || (name > domain_length && matches(text, domain_length, "xxxx:") &&
                             is_short_pci(text + domain_length, name - domain_length));
  *invalid = (!is_pci && !is_virtual(text, name) && !text_is(text, name, "replay")) ||
             has_control(text, length);
  if (*invalid)
    return NULL;
  char *device = malloc(domain_length + length + 1);
  if (device == NULL)
    return NULL;
  size_t shift = is_short ? domain_length : 0;
  memcpy(device, domain, shift);
  memcpy(device + shift, text, length);
  device[shift + length] = '\0';
  for (size_t i = 0; is_pci && i < shift + name; i++)
    device[i] = (char)tolower((unsigned char)device[i]);
  return device;
}

// The value of the last "key=…" among a device's arguments, as DPDK takes them; NULL: there is
// none.
static const char *last_value(const char *device, const char *key)
{
  const char *found = NULL;
  for (const char *at = strchr(device, ','); at != NULL; at = strchr(at, ',')) {
    at++;
    if (strncmp(at, key, strlen(key)) == 0 && at[strlen(key)] == '=')
      found = at + strlen(key) + 1;
  }
  return found;
}

// memif's driver looks for words in the values (memif_set_role, memif_set_is_socket_abstract).
static bool value_holds(const char *value, const char *word)
{
  const char *found = value != NULL ? strstr(value, word) : NULL;
  return found != NULL && found < value + strcspn(value, ",");
}

// A socket that is a name and no file has no permissions: every process of the machine can connect.
static bool memif_for_all(const char *device)
{
  const char *role = last_value(device, "role"), *secret = last_value(device, "secret");
  return strncmp(device, "net_memif", strlen("net_memif")) == 0 &&
         (value_holds(role, "server") || value_holds(role, "master")) &&
         !value_holds(last_value(device, "socket-abstract"), "no") &&
         (secret == NULL || strcspn(secret, ",") == 0);
}

// The vdev bus gives a device to the driver whose name its own begins with.
const char *config_device_refusal(const char *device)
{
  static const struct {
    const char *driver;
    const char *why;
  } refused[] = {
      {"net_failsafe", "can run commands (exec(...)); give platter the device itself, whose going "
                       "and coming back it handles"},
      {"net_vdev_netvsc", "makes a net_failsafe, which can run commands; give platter the virtual "
                          "function by its PCI address"},
      {"net_softnic", "runs a script of commands of its own and opens a port for more"},
  };
  for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
    if (strncmp(device, refused[i].driver, strlen(refused[i].driver)) == 0)
      return refused[i].why;
  if (memif_for_all(device))
    return "is a server that every user of this machine can connect to; add `socket-abstract=no`, "
           "and a file has permissions, or `secret=WORD`, which the client has to know";
  return NULL;
}
