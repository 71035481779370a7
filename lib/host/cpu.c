// SPDX-License-Identifier: BSD-3-Clause
// The kernel's lists are in /sys/devices/system/cpu. What a thread's affinity could be stands
// nowhere, so the calling thread asks for every CPU, reads what it was given, and puts its affinity
// back. Control thread.
#include "host/cpu.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CPUS_MAX = 4096 }; // the kernel refuses a set smaller than its own

static void read_affinity(bool *flags)
{
  cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
  size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
  bool known = set != NULL && sched_getaffinity(0, size, set) == 0;
  for (unsigned cpu = 0; cpu < CPU_SET_MAX; cpu++)
    flags[cpu] = known && CPU_ISSET_S(cpu, size, set);
  CPU_FREE(set);
}

static bool write_affinity(const bool *flags)
{
  cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
  size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
  if (set == NULL)
    return false;
  CPU_ZERO_S(size, set);
  for (unsigned cpu = 0; cpu < CPU_SET_MAX; cpu++)
    if (flags[cpu])
      CPU_SET_S(cpu, size, set);
  bool done = sched_setaffinity(0, size, set) == 0;
  CPU_FREE(set);
  return done;
}

// A list of the kernel's: "0-3,8".
static void read_list(const char *name, bool *flags)
{
  char path[64];
  unsigned first, last;
  int separator = ',';
  snprintf(path, sizeof(path), "/sys/devices/system/cpu/%s", name);
  FILE *in = fopen(path, "r");
  while (in != NULL && separator == ',' && fscanf(in, "%u", &first) == 1) {
    last = first;
    separator = fgetc(in);
    if (separator == '-' && fscanf(in, "%u", &last) == 1)
      separator = fgetc(in);
    for (unsigned cpu = first; cpu <= last && cpu < CPU_SET_MAX; cpu++)
      flags[cpu] = true;
  }
  if (in != NULL)
    fclose(in);
}

// The kernel cuts an affinity down to the cpuset: asked for every CPU, it leaves what is possible.
void cpu_look(struct cpu_view *view)
{
  memset(view, 0, sizeof(*view));
  read_list("online", view->online);
  read_list("isolated", view->isolated);
  read_affinity(view->allowed);
  bool changed = write_affinity(view->online);
  read_affinity(view->possible);
  if (changed)
    write_affinity(view->allowed);
}

static bool is_narrowed(const struct cpu_view *view)
{
  for (unsigned cpu = 0; cpu < CPU_SET_MAX; cpu++)
    if (view->possible[cpu] && !view->isolated[cpu] && !view->allowed[cpu])
      return true;
  return false;
}

unsigned cpu_usable_of(const struct cpu_view *view, unsigned *cpus, unsigned max)
{
  bool narrowed = is_narrowed(view);
  unsigned n = 0;
  for (unsigned cpu = 0; cpu < CPU_SET_MAX && n < max; cpu++)
    if (view->allowed[cpu] || (!narrowed && view->isolated[cpu] && view->possible[cpu]))
      cpus[n++] = cpu;
  if (n == 0)
    cpus[n++] = 0;
  return n;
}

unsigned cpu_workers_of(const struct cpu_view *view, unsigned *cpus, unsigned max)
{
  unsigned usable[CPU_SET_MAX], isolated = 0;
  unsigned n = cpu_usable_of(view, usable, CPU_SET_MAX);
  for (unsigned i = 0; i < n && isolated < max; i++)
    if (view->isolated[usable[i]])
      cpus[isolated++] = usable[i];
  if (isolated > 0)
    return isolated;
  unsigned first = n > 2 ? 1 : 0;
  n = n - first < max ? n - first : max;
  for (unsigned i = 0; i < n; i++)
    cpus[i] = usable[first + i];
  return n;
}

unsigned cpu_usable(unsigned *cpus, unsigned max)
{
  struct cpu_view view;
  cpu_look(&view);
  return cpu_usable_of(&view, cpus, max);
}

unsigned cpu_workers(unsigned *cpus, unsigned max)
{
  struct cpu_view view;
  cpu_look(&view);
  return cpu_workers_of(&view, cpus, max);
}

unsigned cpu_shared(unsigned *cpus, unsigned max)
{
  bool allowed[CPU_SET_MAX];
  unsigned n = 0;
  read_affinity(allowed);
  for (unsigned cpu = 0; cpu < CPU_SET_MAX && n < max; cpu++)
    if (allowed[cpu])
      cpus[n++] = cpu;
  if (n == 0)
    cpus[n++] = 0;
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
