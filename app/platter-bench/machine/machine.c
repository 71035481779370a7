// SPDX-License-Identifier: BSD-3-Clause
#include "machine/machine.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "host/cpu.h"
#include "machine/cpu.h"
#include "machine/files.h"
#include "machine/time.h"

static json_t *string_or_null(const char *text)
{
  json_t *string = *text != '\0' ? json_string(text) : NULL;
  return string != NULL ? string : json_null();
}

static json_t *field(const char *root, const char *file, const char *name)
{
  char value[256];
  machine_field(value, sizeof(value), root, file, name);
  return string_or_null(value);
}

static bool bears_on_speed(const char *argument)
{
  static const char *const beginnings[] = {
      "isolcpus",    "nohz",        "rcu_nocb",   "irqaffinity",  "default_hugepagesz",
      "hugepages",   "transparent", "iommu",      "intel_iommu",  "amd_iommu",
      "mitigations", "spec",        "retbleed",   "nopti",        "pti",
      "idle",        "processor.",  "intel_",     "amd_pstate",   "cpufreq",
      "cpuidle",     "nosmt",       "nowatchdog", "nmi_watchdog", "skew_tick",
      "tsc",         "clocksource", "preempt",    "numa",         "maxcpus"};
  for (size_t i = 0; i < sizeof(beginnings) / sizeof(*beginnings); i++)
    if (strncmp(argument, beginnings[i], strlen(beginnings[i])) == 0)
      return true;
  return false;
}

// Those of the kernel's arguments that bear on its speed: the others say more about a machine than
// whoever passes a report on may want to. Behind " -- " they are not the kernel's.
static json_t *command_line(const char *root)
{
  char text[4096], kept[4096] = "", *rest = NULL;
  size_t used = 0;
  machine_line(text, sizeof(text), root, "/proc/cmdline");
  for (char *word = strtok_r(text, " ", &rest); word != NULL && strcmp(word, "--") != 0;
       word = strtok_r(NULL, " ", &rest))
    if (bears_on_speed(word))
      used += snprintf(kept + used, sizeof(kept) - used, "%s%s", used > 0 ? " " : "", word);
  return string_or_null(kept);
}

static json_t *kernel(void)
{
  struct utsname name;
  uname(&name);
  return json_sprintf("%s %s %s, %s", name.sysname, name.release, name.machine, name.version);
}

static json_t *virtual(void)
{
  char name[32];
  return machine_hypervisor(name, sizeof(name)) ? json_string(name) : json_null();
}

static json_t *system_name(const char *root)
{
  char maker[128], product[128], both[260];
  machine_line(maker, sizeof(maker), root, "/sys/class/dmi/id/sys_vendor");
  machine_line(product, sizeof(product), root, "/sys/class/dmi/id/product_name");
  snprintf(both, sizeof(both), "%s%s%s", maker, *maker != '\0' && *product != '\0' ? " " : "",
           product);
  return string_or_null(both);
}

static json_t *usable(void)
{
  unsigned cpus[CPU_SET_MAX];
  char list[4096];
  cpu_list(cpus, cpu_usable(cpus, CPU_SET_MAX), list, sizeof(list));
  return json_string(list);
}

static json_t *memory_bytes(const char *root)
{
  char value[64];
  return machine_field(value, sizeof(value), root, "/proc/meminfo", "MemTotal")
             ? json_integer(atoll(value) << 10)
             : json_null();
}

static json_t *numa_nodes(const char *root)
{
  char list[256];
  return machine_line(list, sizeof(list), root, "/sys/devices/system/node/online")
             ? json_integer(machine_count(list))
             : json_null();
}

static json_t *load(const char *root)
{
  char text[64];
  return machine_line(text, sizeof(text), root, "/proc/loadavg") ? json_real(atof(text))
                                                                 : json_null();
}

// Taken out again by machine_end.
static json_t *at_start(const char *root)
{
  struct machine_time time = machine_time_read(root);
  return json_pack("{s:f, s:f, s:f, s:f, s:f}", "clock", time.clock, "all", time.all, "steal",
                   time.steal, "ran", time.ran, "own", time.own);
}

json_t *machine_new(const char *root)
{
  char online[256], isolated[256];
  machine_line(online, sizeof(online), root, "/sys/devices/system/cpu/online");
  machine_line(isolated, sizeof(isolated), root, "/sys/devices/system/cpu/isolated");
  double hz = machine_tsc_hz();
  json_t *machine = json_pack("{s:o, s:o, s:o, s:s, s:o, s:s}",                  //
                              "cpu", field(root, "/proc/cpuinfo", "model name"), //
                              "system", system_name(root), "virtual", virtual(), //
                              "cores_online", online, "cores_usable", usable(),  //
                              "cores_isolated", isolated);
  json_t *rest = json_pack(
      "{s:o, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",                         //
      "siblings", machine_siblings(root, online), "caches", machine_caches(root, online),     //
      "tsc_hz", hz > 0 ? json_integer(hz) : json_null(),                                      //
      "tsc_invariant", machine_tsc_invariant(), "governor", machine_governor(root, online),   //
      "kernel", kernel(), "command_line", command_line(root), "numa_nodes", numa_nodes(root), //
      "memory_bytes", memory_bytes(root), "hugepages", machine_hugepages(root),               //
      "load", load(root), "at_start", at_start(root));
  json_object_update(machine, rest);
  json_decref(rest);
  return machine;
}

static double since(const json_t *start, const char *key, double now)
{
  return now - json_number_value(json_object_get(start, key));
}

// Of all cores' time. Ticks are coarse: what is below 0 by that is 0.
static json_t *share(double part, double all)
{
  return all > 0 ? json_real(part > 0 ? part / all : 0) : json_null();
}

void machine_end(json_t *machine, const char *root)
{
  json_t *start = json_object_get(machine, "at_start");
  if (start == NULL)
    return;
  struct machine_time now = machine_time_read(root);
  double all = since(start, "all", now.all);
  double others = since(start, "ran", now.ran) - since(start, "own", now.own);
  json_object_set_new(machine, "seconds", json_real(since(start, "clock", now.clock)));
  json_object_set_new(machine, "steal", share(since(start, "steal", now.steal), all));
  json_object_set_new(machine, "others", share(others, all));
  json_object_del(machine, "at_start");
}
