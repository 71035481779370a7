// SPDX-License-Identifier: BSD-3-Clause
#include "control/cpu.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum { CPUS_MAX = 4096 }; // the kernel refuses a set smaller than its own

unsigned cpu_usable(unsigned *cpus, unsigned max)
{
  unsigned n = 0;
  cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
  size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
  if (set != NULL && sched_getaffinity(0, size, set) == 0)
    for (unsigned cpu = 0; cpu < CPU_SET_MAX && n < max; cpu++)
      if (CPU_ISSET_S(cpu, size, set))
        cpus[n++] = cpu;
  CPU_FREE(set);
  if (n == 0)
    cpus[n++] = 0;
  return n;
}

unsigned cpu_workers(unsigned *cpus, unsigned max)
{
  unsigned usable[CPU_SET_MAX];
  unsigned n = cpu_usable(usable, CPU_SET_MAX);
  unsigned first = n > 2 ? 1 : 0;
  n = n - first < max ? n - first : max;
  for (unsigned i = 0; i < n; i++)
    cpus[i] = usable[first + i];
  return n;
}

int cpu_node(unsigned cpu)
{
  char path[64];
  snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u", cpu);
  DIR *dir = opendir(path);
  int node = -1;
  for (struct dirent *entry; dir != NULL && node < 0 && (entry = readdir(dir)) != NULL;)
    sscanf(entry->d_name, "node%d", &node);
  if (dir != NULL)
    closedir(dir);
  return node;
}

void cpu_list(const unsigned *cpus, unsigned n, char *text, unsigned size)
{
  unsigned at = 0;
  text[0] = '\0';
  for (unsigned i = 0; i < n && at < size; i++) {
    unsigned first = i;
    while (i + 1 < n && cpus[i + 1] == cpus[i] + 1)
      i++;
    at += snprintf(text + at, size - at, i > first ? "%s%u-%u" : "%s%u", first > 0 ? "," : "",
                   cpus[first], cpus[i]);
  }
}
