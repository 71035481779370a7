// SPDX-License-Identifier: BSD-3-Clause
// Only looks: at /sys/bus/pci, at the device files of VFIO and UIO, and at this process's rights.
// Any thread. The root can be another directory, so that tests can make up a machine.
#include "host/pci.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/notes.h"
#include "host/capability.h"
#include "host/pci_device.h"

#define SET_UP "`sudo deploy/host-setup --apply"

struct pci_view pci_view_here(void)
{
  struct pci_view view = {.root = "", .may_lock = UINT64_MAX};
  struct rlimit limit;
  if (!capability_here(CAPABILITY_IPC_LOCK) && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
      limit.rlim_cur != RLIM_INFINITY)
    view.may_lock = limit.rlim_cur;
  return view;
}

static int missing(const struct pci_view *view, char *why, size_t size)
{
  fail(why, size, -ENODEV, "there is no PCI device at this address");
  pci_device_list_nics(view->root, why, size);
  return -ENODEV;
}

static int no_nic(const struct pci_view *view, const struct pci_device *device, char *why,
                  size_t size)
{
  fail(why, size, -ENODEV, "the device at this address is no NIC (PCI class 0x%06x)",
       device->class);
  pci_device_list_nics(view->root, why, size);
  return -ENODEV;
}

static const char *user(void)
{
  const struct passwd *entry = getpwuid(geteuid());
  return entry != NULL ? entry->pw_name : "NAME";
}

// Whether the group's file opens, which only one process at a time can do.
static int try_group(const struct pci_view *view, const struct pci_device *device, char *why,
                     size_t size)
{
  bool protected = !pci_device_unprotected(view->root, device);
  char path[PCI_PATH_SIZE];
  snprintf(path, sizeof(path), "%s/dev/vfio/%s%s", view->root, protected ? "" : "noiommu-",
           device->group);
  const char *shown = path + strlen(view->root);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd >= 0) {
    close(fd);
    return 0;
  }
  int code = errno; // which user() may change
  if (code == ENOENT)
    return fail(why, size, -code,
                "it is bound to vfio-pci, but %s is not there; in a container, pass that file in",
                shown);
  if (code == EBUSY)
    return fail(why, size, -code, "another process has it; `sudo fuser -v %s` names that process",
                shown);
  if (!protected && (code == EACCES || code == EPERM))
    return fail(why, size, -code, "without an IOMMU only root may use it (%s); run as root", shown);
  if (code == EACCES || code == EPERM)
    return fail(why, size, -code, "user %s may not open %s; " SET_UP " --user %s` allows it",
                user(), shown, user());
  return fail(why, size, -code, "cannot open %s (%s)", shown, strerror(code));
}

static int iommu_off(const char *but, char *why, size_t size)
{
  return fail(why, size, -ENODEV,
              "%s this machine's IOMMU is off: switch on VT-d or AMD-Vi in the BIOS and, with "
              "Intel's, boot with intel_iommu=on; `deploy/host-setup` says more",
              but);
}

// What keeps vfio from giving the device away.
static int check_group(const struct pci_view *view, const struct pci_device *device, char *why,
                       size_t size)
{
  char rival[PCI_NAME_SIZE], driver[PCI_NAME_SIZE];
  if (device->group[0] == '\0')
    return iommu_off("it is bound to vfio-pci, but", why, size);
  if (pci_device_rival(view->root, device, rival, driver))
    return fail(why, size, -EBUSY,
                "%s, of the same IOMMU group %s, still has its kernel driver %s; " SET_UP
                " --nic %s` gives it to vfio-pci as well",
                rival, device->group, driver, rival);
  return 0;
}

static int check_memlock(const struct pci_view *view, uint64_t bytes, char *why, size_t size)
{
  if (bytes <= view->may_lock)
    return 0;
  return fail(why, size, -ENOMEM,
              "user %s may lock %llu MB of memory (`ulimit -l`) and %llu MB are needed; " SET_UP
              " --user %s` raises that from the next login on",
              user(), (unsigned long long)view->may_lock >> 20,
              (unsigned long long)(bytes >> 20) + 1, user());
}

// NICs that DPDK drives beside their kernel driver, through RDMA's verbs.
static const char *verbs_module(const char *driver)
{
  static const char *const modules[][2] = {
      {"mlx4_core", "mlx4_ib"}, {"mlx5_core", "mlx5_ib"}, {"mana", "mana_ib"}};
  for (unsigned i = 0; i < sizeof(modules) / sizeof(*modules); i++)
    if (strcmp(driver, modules[i][0]) == 0)
      return modules[i][1];
  return NULL;
}

static int no_verbs(const struct pci_view *view, const struct pci_device *device, char *why,
                    size_t size)
{
  char path[PCI_PATH_SIZE];
  const char *module = verbs_module(device->driver);
  snprintf(path, sizeof(path), "%s/sys/class/infiniband_verbs", view->root);
  if (access(path, F_OK) == 0)
    return 0;
  return fail(why, size, -ENODEV,
              "it keeps its kernel driver %s, beside which DPDK needs the kernel's verbs; "
              "`sudo modprobe -a ib_uverbs %s` loads them",
              device->driver, module);
}

static bool is_uio(const char *driver)
{
  return strcmp(driver, "uio_pci_generic") == 0 || strcmp(driver, "igb_uio") == 0;
}

static int kernel_has_it(const struct pci_device *device, char *why, size_t size)
{
  const char *interface = device->interface;
  char what[256];
  snprintf(what, sizeof(what), "its kernel driver %s still has it%s%s%s", device->driver,
           *interface != '\0' ? " (interface " : "", interface, *interface != '\0' ? ")" : "");
  if (device->group[0] != '\0')
    return fail(why, size, -EBUSY, "%s; " SET_UP " --nic %s` gives it to vfio-pci", what,
                device->address);
  strcat(what, ", and");
  return iommu_off(what, why, size);
}

static int check_driver(const struct pci_view *view, const struct pci_device *device, char *why,
                        size_t size)
{
  const char *driver = device->driver;
  if (*driver == '\0' && device->group[0] == '\0')
    return iommu_off("it is bound to no driver, and", why, size);
  if (*driver == '\0')
    return fail(why, size, -ENODEV,
                "it is bound to no driver; " SET_UP " --nic %s` binds it to vfio-pci",
                device->address);
  if (verbs_module(driver) != NULL)
    return no_verbs(view, device, why, size);
  return is_uio(driver) || strcmp(driver, "vfio-pci") == 0 ? 0 : kernel_has_it(device, why, size);
}

// DPDK would drive a legacy virtio device that the kernel still drives (drivers/net/virtio, where
// the device is in the allow-list), to the harm of both.
int pci_check(const struct pci_view *view, const char *address, uint64_t bytes, char *why,
              size_t size)
{
  struct pci_device device;
  if (!pci_device_read(view->root, address, &device))
    return missing(view, why, size);
  if (strcmp(device.driver, "virtio-pci") == 0)
    return check_driver(view, &device, why, size);
  if (is_uio(device.driver) && geteuid() != 0)
    return fail(why, size, -EPERM, "it is bound to %s, which only root may use; run as root",
                device.driver);
  if (strcmp(device.driver, "vfio-pci") != 0)
    return 0;
  int status = check_group(view, &device, why, size);
  if (status == 0)
    status = try_group(view, &device, why, size);
  if (status == 0)
    status = check_memlock(view, bytes, why, size);
  return status;
}

bool pci_identity(const struct pci_view *view, const char *address, unsigned *vendor, unsigned *id)
{
  struct pci_device device;
  if (!pci_device_read(view->root, address, &device))
    return false;
  *vendor = device.vendor;
  *id = device.id;
  return true;
}

static int ready(const struct pci_view *view, const char *address, struct pci_device *device,
                 char *why, size_t size)
{
  if (!pci_device_read(view->root, address, device))
    return missing(view, why, size);
  if (!pci_device_is_nic(device))
    return no_nic(view, device, why, size);
  return check_driver(view, device, why, size);
}

int pci_ready(const struct pci_view *view, const char *address, char *why, size_t size)
{
  struct pci_device device;
  return ready(view, address, &device, why, size);
}

int pci_trouble(const struct pci_view *view, const char *address, char *why, size_t size)
{
  struct pci_device device;
  int status = ready(view, address, &device, why, size);
  if (status == 0 && strcmp(device.driver, "vfio-pci") == 0)
    status = check_group(view, &device, why, size);
  if (status == 0)
    status =
        fail(why, size, -ENODEV, "no driver of DPDK takes this device (%04x:%04x, bound to %s)",
             device.vendor, device.id, device.driver);
  return status;
}
