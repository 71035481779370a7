// SPDX-License-Identifier: BSD-3-Clause
#include "machine/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

#define CPU_DIRECTORY "/sys/devices/system/cpu"

static FILE *open_below(const char *root, const char *format, va_list args)
{
  char path[PATH_MAX];
  int length = snprintf(path, sizeof(path), "%s", root);
  vsnprintf(path + length, sizeof(path) - length, format, args);
  return fopen(path, "re");
}

bool machine_line(char *line, size_t size, const char *root, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  FILE *file = open_below(root, format, args);
  va_end(args);
  bool read = file != NULL && fgets(line, size, file) != NULL;
  if (file != NULL)
    fclose(file);
  if (!read)
    line[0] = '\0';
  line[strcspn(line, "\n")] = '\0';
  return read;
}

bool machine_field(char *value, size_t size, const char *root, const char *file, const char *name)
{
  char path[PATH_MAX], line[512];
  snprintf(path, sizeof(path), "%s%s", root, file);
  FILE *lines = fopen(path, "re");
  bool found = false;
  while (lines != NULL && !found && fgets(line, sizeof(line), lines) != NULL) {
    char *colon = strchr(line, ':');
    found = colon != NULL && strncmp(line, name, strlen(name)) == 0 &&
            strspn(line + strlen(name), " \t") == (size_t)(colon - line) - strlen(name);
    if (found)
      snprintf(value, size, "%s", colon + 1 + strspn(colon + 1, " \t"));
  }
  if (lines != NULL)
    fclose(lines);
  if (!found)
    value[0] = '\0';
  value[strcspn(value, "\n")] = '\0';
  return found;
}

int machine_next(const char *list, int after)
{
  while (*list != '\0') {
    char *end;
    int first = strtol(list, &end, 10);
    if (end == list)
      return -1;
    int last = *end == '-' ? strtol(end + 1, &end, 10) : first;
    if (after < last)
      return after < first ? first : after + 1;
    list = *end == ',' ? end + 1 : end;
  }
  return -1;
}

unsigned machine_count(const char *list)
{
  unsigned n = 0;
  for (int cpu = machine_next(list, -1); cpu >= 0; cpu = machine_next(list, cpu))
    n++;
  return n;
}

// "32K" or "16M", as the kernel writes it.
static json_int_t cache_bytes(const char *text)
{
  char *unit;
  json_int_t n = strtoll(text, &unit, 10);
  return *unit == 'K' ? n << 10 : *unit == 'M' ? n << 20 : n;
}

static json_t *find_cache(json_t *caches, json_int_t level, const char *type)
{
  size_t i;
  json_t *cache;
  json_array_foreach(caches, i, cache)
  {
    if (json_integer_value(json_object_get(cache, "level")) == level &&
        strcmp(json_string_value(json_object_get(cache, "type")), type) == 0)
      return cache;
  }
  return NULL;
}

// A cache is counted at the first of the CPUs that share it.
static bool add_cache(json_t *caches, const char *root, int cpu, int index)
{
  char level[16], type[32], size[32], shared[256];
  if (!machine_line(level, sizeof(level), root, CPU_DIRECTORY "/cpu%d/cache/index%d/level", cpu,
                    index))
    return false;
  machine_line(type, sizeof(type), root, CPU_DIRECTORY "/cpu%d/cache/index%d/type", cpu, index);
  machine_line(size, sizeof(size), root, CPU_DIRECTORY "/cpu%d/cache/index%d/size", cpu, index);
  machine_line(shared, sizeof(shared), root, CPU_DIRECTORY "/cpu%d/cache/index%d/shared_cpu_list",
               cpu, index);
  int first = machine_next(shared, -1);
  if (first >= 0 && first != cpu)
    return true;
  json_t *cache = find_cache(caches, atoi(level), type);
  if (cache == NULL)
    json_array_append_new(caches, json_pack("{s:i, s:s, s:I, s:i}", "level", atoi(level), "type",
                                            type, "bytes", cache_bytes(size), "instances", 1));
  else
    json_object_set_new(cache, "instances",
                        json_integer(json_integer_value(json_object_get(cache, "instances")) + 1));
  return true;
}

json_t *machine_caches(const char *root, const char *online)
{
  json_t *caches = json_array();
  for (int cpu = machine_next(online, -1); cpu >= 0; cpu = machine_next(online, cpu))
    for (int index = 0; add_cache(caches, root, cpu, index);)
      index++;
  return caches;
}

json_t *machine_siblings(const char *root, const char *online)
{
  json_t *siblings = json_array();
  char list[256];
  for (int cpu = machine_next(online, -1); cpu >= 0; cpu = machine_next(online, cpu))
    if (machine_line(list, sizeof(list), root, CPU_DIRECTORY "/cpu%d/topology/thread_siblings_list",
                     cpu) &&
        machine_next(list, -1) == cpu && machine_next(list, cpu) >= 0)
      json_array_append_new(siblings, json_string(list));
  return siblings;
}

json_t *machine_governor(const char *root, const char *online)
{
  char all[256] = "", governor[64];
  size_t length = 0;
  for (int cpu = machine_next(online, -1); cpu >= 0; cpu = machine_next(online, cpu))
    if (machine_line(governor, sizeof(governor), root,
                     CPU_DIRECTORY "/cpu%d/cpufreq/scaling_governor", cpu) &&
        strstr(all, governor) == NULL && length < sizeof(all))
      length +=
          snprintf(all + length, sizeof(all) - length, "%s%s", length > 0 ? ", " : "", governor);
  return json_string(length > 0 ? all : "none to set");
}

static json_int_t hugepages_file(const char *root, const char *size, const char *name)
{
  char line[64];
  machine_line(line, sizeof(line), root, "/sys/kernel/mm/hugepages/%s/%s", size, name);
  return atoll(line);
}

json_t *machine_hugepages(const char *root)
{
  json_t *all = json_array();
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/sys/kernel/mm/hugepages", root);
  struct dirent **sizes;
  int n = scandir(path, &sizes, NULL, versionsort);
  for (int i = 0; i < n; i++) {
    const char *name = sizes[i]->d_name;
    long kib;
    if (sscanf(name, "hugepages-%ldkB", &kib) == 1)
      json_array_append_new(all, json_pack("{s:I, s:I, s:I}", "bytes", (json_int_t)kib << 10,
                                           "total", hugepages_file(root, name, "nr_hugepages"),
                                           "free", hugepages_file(root, name, "free_hugepages")));
    free(sizes[i]);
  }
  if (n >= 0)
    free(sizes);
  return all;
}
