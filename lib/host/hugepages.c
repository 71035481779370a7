// SPDX-License-Identifier: BSD-3-Clause
#include "host/hugepages.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/hugepages_cgroup.h"

enum { PAGE_KB = 2048 }; // the size in the advice

static unsigned long read_number(const char *directory, const char *size_name, const char *file)
{
  char path[1024];
  unsigned long number = 0;
  snprintf(path, sizeof(path), "%s/%s/%s", directory, size_name, file);
  FILE *in = fopen(path, "r");
  if (in == NULL)
    return 0;
  if (fscanf(in, "%lu", &number) != 1)
    number = 0;
  fclose(in);
  return number;
}

// What there is, in bytes, and what of it the control groups let this process have: `bound` is the
// name of a limit that is below what is free, or "".
struct available {
  size_t free, allowed;
  char bound[256];
};

static void add_size(struct available *a, const char *root, unsigned long pages, unsigned long kb)
{
  char file[sizeof(a->bound)];
  size_t bytes = pages * kb * 1024, left = hugepages_cgroup_left(root, kb, file, sizeof(file));
  a->free += bytes;
  a->allowed += left < bytes ? left : bytes;
  if (left < bytes)
    memcpy(a->bound, file, sizeof(file));
}

static struct available look(const char *root, const char *directory)
{
  struct available a = {0};
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    unsigned long kb;
    if (sscanf(entry->d_name, "hugepages-%lukB", &kb) != 1)
      continue;
    unsigned long free_pages = read_number(directory, entry->d_name, "free_hugepages");
    unsigned long reserved = read_number(directory, entry->d_name, "resv_hugepages");
    if (free_pages > reserved)
      add_size(&a, root, free_pages - reserved, kb);
  }
  if (dir != NULL)
    closedir(dir);
  return a;
}

// `directory`: where the kernel counts them; `where` and `file`: the same for a person.
static bool suffice(const char *root, const char *directory, size_t bytes, const char *where,
                    const char *file, char *why, size_t size)
{
  char path[512];
  snprintf(path, sizeof(path), "%s%s", root, directory);
  struct available a = look(root, path);
  size_t needed = (bytes >> 20) + 1;
  if (a.allowed >= bytes)
    return true;
  if (a.free >= bytes) {
    snprintf(why, size,
             "%zu MB of hugepages are free%s, but this process may have %zu MB of them and %zu MB "
             "are needed; %s, of its control group (the container's), sets the limit",
             a.free >> 20, where, a.allowed >> 20, needed, a.bound);
    return false;
  }
  unsigned long total = read_number(path, "hugepages-2048kB", "nr_hugepages");
  unsigned long missing = (bytes - a.free + PAGE_KB * 1024 - 1) / (PAGE_KB * 1024);
  snprintf(why, size,
           "%zu MB of hugepages are free%s and %zu MB are needed; "
           "`echo %lu | sudo tee %s` reserves them",
           a.free >> 20, where, needed, total + missing, file);
  return false;
}

// The control groups limit the sum of all nodes: it is looked at with each.
bool hugepages_suffice(const char *root, const size_t *bytes, unsigned n_nodes, char *why,
                       size_t size)
{
  const char *nodes = "/sys/devices/system/node";
  size_t sum = 0;
  char second[512];
  snprintf(second, sizeof(second), "%s%s/node1", root, nodes);
  for (unsigned node = 0; node < n_nodes; node++) {
    char directory[128], where[32], file[192];
    sum += bytes[node];
    snprintf(directory, sizeof(directory), "%s/node%u/hugepages", nodes, node);
    snprintf(where, sizeof(where), " on node %u", node);
    snprintf(file, sizeof(file), "%s/hugepages-2048kB/nr_hugepages", directory);
    if (bytes[node] > 0 && access(second, F_OK) == 0 &&
        !suffice(root, directory, bytes[node], where, file, why, size))
      return false;
  }
  return suffice(root, "/sys/kernel/mm/hugepages", sum, "", "/proc/sys/vm/nr_hugepages", why, size);
}

bool ordinary_pages_suffice(size_t bytes, char *why, size_t size)
{
  char line[128];
  unsigned long kb = 0;
  FILE *in = fopen("/proc/meminfo", "r");
  while (in != NULL && kb == 0 && fgets(line, sizeof(line), in) != NULL)
    sscanf(line, "MemAvailable: %lu kB", &kb);
  if (in != NULL)
    fclose(in);
  if (kb == 0 || kb >= bytes / 1024) // unknown, or enough
    return true;
  snprintf(why, size, "%lu MB of memory are free and %zu MB are needed; set memory.mbufs to less",
           kb >> 10, (bytes >> 20) + 1);
  return false;
}
