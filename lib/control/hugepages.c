// SPDX-License-Identifier: BSD-3-Clause
#include "control/hugepages.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#define NODES "/sys/devices/system/node"

enum { PAGE_KB = 2048 }; // the size in the advice

static unsigned long read_number(const char *directory, const char *size_name, const char *file)
{
  char path[512];
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

static size_t free_bytes(const char *directory)
{
  size_t have = 0;
  DIR *dir = opendir(directory);
  for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
    unsigned long kb;
    if (sscanf(entry->d_name, "hugepages-%lukB", &kb) != 1)
      continue;
    unsigned long free_pages = read_number(directory, entry->d_name, "free_hugepages");
    unsigned long reserved = read_number(directory, entry->d_name, "resv_hugepages");
    if (free_pages > reserved)
      have += (free_pages - reserved) * kb * 1024;
  }
  if (dir != NULL)
    closedir(dir);
  return have;
}

// `directory`: where the kernel counts them; `where` and `file`: the same for a person.
static bool suffice(const char *directory, size_t bytes, const char *where, const char *file,
                    char *why, size_t size)
{
  size_t have = free_bytes(directory);
  if (have >= bytes)
    return true;
  unsigned long total = read_number(directory, "hugepages-2048kB", "nr_hugepages");
  unsigned long missing = (bytes - have + PAGE_KB * 1024 - 1) / (PAGE_KB * 1024);
  snprintf(why, size,
           "%zu MB of hugepages are free%s and %zu MB are needed; "
           "`echo %lu | sudo tee %s` reserves them",
           have >> 20, where, (bytes >> 20) + 1, total + missing, file);
  return false;
}

bool hugepages_suffice(const size_t *bytes, unsigned n_nodes, char *why, size_t size)
{
  size_t sum = 0;
  for (unsigned node = 0; node < n_nodes; node++) {
    char directory[128], where[32], file[192];
    sum += bytes[node];
    snprintf(directory, sizeof(directory), NODES "/node%u/hugepages", node);
    snprintf(where, sizeof(where), " on node %u", node);
    snprintf(file, sizeof(file), "%s/hugepages-2048kB/nr_hugepages", directory);
    if (bytes[node] > 0 && access(NODES "/node1", F_OK) == 0 &&
        !suffice(directory, bytes[node], where, file, why, size))
      return false;
  }
  return suffice("/sys/kernel/mm/hugepages", sum, "", "/proc/sys/vm/nr_hugepages", why, size);
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
