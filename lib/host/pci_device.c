// SPDX-License-Identifier: BSD-3-Clause
#include "host/pci_device.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  LISTED = 6,           // NICs in one sentence
  CLASS_NETWORK = 0x02, // PCI Code and ID Assignment Specification, section 1.3
};

// A path below `directory`, long enough for two names behind it.
struct path {
  char text[PCI_PATH_SIZE + 2 * PCI_NAME_SIZE + 8];
};

static struct path path_of(const char *directory, const char *name, const char *below)
{
  struct path path;
  snprintf(path.text, sizeof(path.text), "%.*s/%.*s%s%s", PCI_PATH_SIZE, directory, PCI_NAME_SIZE,
           name, *below != '\0' ? "/" : "", below);
  return path;
}

static void copy_name(char *name, const char *from)
{
  snprintf(name, PCI_NAME_SIZE, "%.*s", PCI_NAME_SIZE - 1, from);
}

// What a symbolic link ends with; "" where there is none.
static void link_name(const char *directory, const char *link, char *name)
{
  char target[PCI_PATH_SIZE];
  ssize_t length = readlink(path_of(directory, link, "").text, target, sizeof(target) - 1);
  target[length > 0 ? length : 0] = '\0';
  const char *slash = strrchr(target, '/');
  copy_name(name, slash != NULL ? slash + 1 : target);
}

// The first line of a file; "" where there is none.
static void read_text(const char *directory, const char *file, char *text)
{
  FILE *in = fopen(path_of(directory, file, "").text, "r");
  if (in == NULL || fgets(text, PCI_NAME_SIZE, in) == NULL)
    text[0] = '\0';
  if (in != NULL)
    fclose(in);
  text[strcspn(text, "\n")] = '\0';
}

static unsigned read_hex(const char *directory, const char *file)
{
  char text[PCI_NAME_SIZE];
  read_text(directory, file, text);
  return strtoul(text, NULL, 16);
}

// The first entry of a directory that begins so; "" where there is none.
static void first_entry(const char *directory, const char *prefix, char *name)
{
  DIR *dir = opendir(directory);
  name[0] = '\0';
  for (struct dirent *entry; dir != NULL && name[0] == '\0' && (entry = readdir(dir)) != NULL;)
    if (entry->d_name[0] != '.' && strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
      copy_name(name, entry->d_name);
  if (dir != NULL)
    closedir(dir);
}

// A virtio device has its interface one level below.
static void find_interface(struct pci_device *device)
{
  char virtio[PCI_NAME_SIZE];
  first_entry(path_of(device->path, "net", "").text, "", device->interface);
  first_entry(device->path, "virtio", virtio);
  if (device->interface[0] == '\0' && virtio[0] != '\0')
    first_entry(path_of(device->path, virtio, "net").text, "", device->interface);
}

bool pci_device_read(const char *root, const char *address, struct pci_device *device)
{
  *device = (struct pci_device){.address = address};
  snprintf(device->path, sizeof(device->path), "%s/sys/bus/pci/devices/%s", root, address);
  if (access(device->path, F_OK) != 0)
    return false;
  device->class = read_hex(device->path, "class");
  device->vendor = read_hex(device->path, "vendor");
  device->id = read_hex(device->path, "device");
  link_name(device->path, "driver", device->driver);
  link_name(device->path, "iommu_group", device->group);
  find_interface(device);
  return true;
}

bool pci_device_is_nic(const struct pci_device *device)
{
  return device->class >> 16 == CLASS_NETWORK;
}

static void append_nic(const struct pci_device *nic, unsigned number, char *text, size_t size)
{
  size_t at = strlen(text);
  snprintf(text + at, size - at, "%s%s (%s%s%s)", number == 0 ? "; NICs here: " : ", ",
           nic->address, nic->interface, nic->interface[0] != '\0' ? ", " : "",
           nic->driver[0] != '\0' ? nic->driver : "no driver");
}

void pci_device_list_nics(const char *root, char *text, size_t size)
{
  char path[PCI_PATH_SIZE];
  struct dirent **entry = NULL;
  unsigned n = 0;
  snprintf(path, sizeof(path), "%s/sys/bus/pci/devices", root);
  int entries = scandir(path, &entry, NULL, alphasort);
  for (int i = 0; i < entries; i++) {
    struct pci_device nic;
    if (entry[i]->d_name[0] != '.' && pci_device_read(root, entry[i]->d_name, &nic) &&
        pci_device_is_nic(&nic)) {
      if (n < LISTED)
        append_nic(&nic, n, text, size);
      n++;
    }
    free(entry[i]);
  }
  free(entry);
  size_t at = strlen(text);
  if (n == 0)
    snprintf(text + at, size - at, "; this machine has no PCI NIC");
  else if (n > LISTED)
    snprintf(text + at, size - at, " and %u more", n - LISTED);
}

static bool is_compatible(const char *driver)
{
  static const char *const names[] = {"", "vfio-pci", "pci-stub", "pcieport"};
  for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
    if (strcmp(driver, names[i]) == 0)
      return true;
  return false;
}

bool pci_device_rival(const char *root, const struct pci_device *device, char *address,
                      char *driver)
{
  struct path group = path_of(device->path, "iommu_group", "devices");
  bool found = false;
  DIR *dir = opendir(group.text);
  for (struct dirent *entry; dir != NULL && !found && (entry = readdir(dir)) != NULL;) {
    struct pci_device other;
    if (entry->d_name[0] == '.' || !pci_device_read(root, entry->d_name, &other))
      continue;
    found = !is_compatible(other.driver);
    copy_name(address, entry->d_name);
    copy_name(driver, other.driver);
  }
  if (dir != NULL)
    closedir(dir);
  return found;
}

bool pci_device_unprotected(const char *root, const struct pci_device *device)
{
  char name[PCI_NAME_SIZE];
  read_text(path_of(device->path, "iommu_group", "").text, "name", name);
  return strcmp(name, "vfio-noiommu") == 0;
}
