// SPDX-License-Identifier: BSD-3-Clause
// Each driver's file holds a text for every driver in it (buildtools/pmdinfogen.py of DPDK, which
// usertools/dpdk-pmdinfo.py reads), a JSON object behind a mark:
//
//   PMD_INFO_STRING= {"name": "net_null", "params": "size=<int> …", "pci_ids": []}
//
// `pci_ids` are [vendor, device, vendor and device of the subsystem], 65535 for any.
#include "host/drivers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rte_build_config.h>

enum { ANY = 65535 };

static const char mark[] = "PMD_INFO_STRING= ";

const char *drivers_directory(void)
{
  return RTE_EAL_PMD_PATH;
}

// The bytes hold a NUL behind each text.
static bool read_texts(const char *bytes, size_t size, json_t *drivers)
{
  const char *at = bytes, *end = bytes + size;
  bool whole = true;
  while ((at = memmem(at, end - at, mark, sizeof(mark) - 1)) != NULL) {
    at += sizeof(mark) - 1;
    json_t *driver = json_loadb(at, end - at, JSON_DISABLE_EOF_CHECK, NULL);
    if (driver != NULL) // else it is the mark and nothing more, as in this file
      whole &= json_array_append_new(drivers, driver) == 0;
  }
  return whole;
}

static bool read_file(int directory, const char *name, json_t *drivers)
{
  struct stat file;
  bool whole = true;
  int fd = openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return true; // a link to one of the others
  if (fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size > 0) {
    char *bytes = mmap(NULL, file.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    whole = bytes != MAP_FAILED && read_texts(bytes, file.st_size, drivers);
    if (bytes != MAP_FAILED)
      munmap(bytes, file.st_size);
  }
  close(fd);
  return whole;
}

json_t *drivers_installed(void)
{
  DIR *dir = opendir(drivers_directory());
  json_t *drivers = dir != NULL ? json_array() : NULL;
  bool whole = drivers != NULL;
  for (const struct dirent *entry; whole && (entry = readdir(dir)) != NULL;)
    if (strncmp(entry->d_name, "librte_net_", strlen("librte_net_")) == 0)
      whole = read_file(dirfd(dir), entry->d_name, drivers);
  if (dir != NULL)
    closedir(dir);
  if (whole)
    return drivers;
  json_decref(drivers);
  return NULL;
}

bool drivers_have(const json_t *drivers, const char *name)
{
  const json_t *driver;
  size_t i;
  json_array_foreach(drivers, i, driver)
  {
    const char *own = json_string_value(json_object_get(driver, "name"));
    if (own != NULL && *own != '\0' && strncmp(name, own, strlen(own)) == 0)
      return true;
  }
  return false;
}

static bool takes(const json_t *ids, unsigned vendor, unsigned id)
{
  const json_t *entry;
  size_t i;
  json_array_foreach(ids, i, entry)
  {
    json_int_t own = json_integer_value(json_array_get(entry, 1));
    if (json_integer_value(json_array_get(entry, 0)) == vendor && (own == id || own == ANY))
      return true;
  }
  return false;
}

bool drivers_take(const json_t *drivers, unsigned vendor, unsigned id)
{
  const json_t *driver;
  size_t i;
  json_array_foreach(drivers, i, driver)
  {
    if (takes(json_object_get(driver, "pci_ids"), vendor, id))
      return true;
  }
  return false;
}
